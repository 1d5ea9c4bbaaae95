/**
 * Fields of rows whose columns are not known for certain: taken by the names that they may have. Whatever is
 * not recognised is still in the row, which is kept whole.
 */
import { toUtcInstant } from '../recovery/legacy/legacy-instant.js';
import type { Row } from './predecessor-database.js';

/** Of what has no time at all. */
export const EPOCH = '1970-01-01T00:00:00.000Z';

const TIMES = [
  'at',
  'timestamp',
  'created_at',
  'occurred_at',
  'annotated_at',
  'time',
  'recorded_at',
];
const TEXTS = ['text', 'note', 'content', 'message', 'comment', 'body', 'description', 'label'];
const AUTHORS = ['author', 'created_by', 'user', 'operator'];
const MESSAGES = ['message', 'description', 'event', 'event_type', 'action', 'type', 'text'];
const LEVELS = ['level', 'severity'];

/** UTC with ms; undefined when the row has none. */
export function timeOf(row: Row): string | undefined {
  const text = textAt(row, TIMES);
  return text === undefined ? undefined : toUtcInstant(text);
}

/** The note's text; of a row without one, the row. */
export function noteOf(row: Row): string {
  return textAt(row, TEXTS) ?? JSON.stringify(plainRow(row));
}

export function authorOf(row: Row): string | null {
  return textAt(row, AUTHORS) ?? null;
}

export function messageOf(row: Row): string {
  return textAt(row, MESSAGES) ?? 'An event of the predecessor';
}

export function levelOf(row: Row): 'info' | 'warning' | 'error' {
  const level = textAt(row, LEVELS)?.toLowerCase() ?? '';
  if (/^(?:err|crit|fatal)/.test(level)) return 'error';
  return level.startsWith('warn') ? 'warning' : 'info';
}

export function sessionOf(row: Row): number | undefined {
  const id = row['session_id'];
  return typeof id === 'number' ? id : undefined;
}

/** As JSON can hold it: bytes as hexadecimal digits. */
export function plainRow(row: Row): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key,
      value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
    ]),
  );
}

function textAt(row: Row, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = row[name];
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}
