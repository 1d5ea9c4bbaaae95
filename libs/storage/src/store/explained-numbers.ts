/**
 * Which numbers of a session the events without a number of their own account for. Each says it in
 * the way of whoever recorded it:
 *
 * ```
 *   hole        {from, to}            the source's spool has lost them
 *               {missing: [{from, to}]}  a session that is over lacks them
 *   quarantine  {seq}                 a record that is none, set aside by the writer
 *   conflict    {seq}                 refused, and kept whole in the event
 *   recovery    {missing: [{from, to}]}  missing between the lines of a buffer
 *               {lost: [{session_uid, from_seq, to_seq}]}  beyond reach in a database set aside
 * ```
 */
import type { KeyedPayload } from './statements.js';
import type { SequenceRange } from './store.js';

const CATEGORIES: ReadonlySet<string> = new Set(['hole', 'quarantine', 'conflict', 'recovery']);

/** Ascending, none overlapping, none beyond `last`. What an event says in no way known here explains nothing. */
export function explainedNumbers(
  session: string,
  last: number,
  events: readonly KeyedPayload[],
): readonly SequenceRange[] {
  const said = events
    .filter(({ category }) => CATEGORIES.has(category))
    .flatMap(({ payload }) => rangesIn(parsed(payload), session))
    .map(({ from, to }) => ({ from: Math.max(0, from), to: Math.min(last, to) }))
    .filter(({ from, to }) => from <= to);
  return joined(said);
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(payload: string): Fields {
  const value: unknown = JSON.parse(payload);
  return isFields(value) ? value : {};
}

function rangesIn(payload: Fields, session: string): SequenceRange[] {
  const { from, to, seq, missing, lost } = payload;
  const ranges = [rangeOf(from, to), rangeOf(seq, seq)];
  for (const range of listOf(missing)) ranges.push(rangeOf(range['from'], range['to']));
  for (const range of listOf(lost)) {
    if (range['session_uid'] === session) {
      ranges.push(rangeOf(range['from_seq'], range['to_seq']));
    }
  }
  return ranges.filter((range) => range !== undefined);
}

function rangeOf(from: unknown, to: unknown): SequenceRange | undefined {
  return Number.isSafeInteger(from) && Number.isSafeInteger(to)
    ? { from: Number(from), to: Number(to) }
    : undefined;
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function joined(ranges: readonly SequenceRange[]): readonly SequenceRange[] {
  const whole: { from: number; to: number }[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = whole.at(-1);
    if (last === undefined || from > last.to + 1) whole.push({ from, to });
    else last.to = Math.max(last.to, to);
  }
  return whole;
}
