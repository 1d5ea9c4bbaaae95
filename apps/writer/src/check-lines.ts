/** Whether lines are records of their session under their number, as the stream says they are. */
import {
  decodeLine,
  isMeasurement,
  lengthOf,
  sameBytes,
  seqOf,
  sessionPlace,
  type LineTable,
  type RecordType,
} from '@elmetron/protocol';
import type { Poison } from './delivery.js';

/** Consecutive lines of one session. */
export interface Lines {
  /** The number that the first one should have. */
  readonly first: number;
  /** Each ended by a newline. */
  readonly bytes: Buffer;
  /** What they say. */
  readonly table: LineTable;
}

export interface CheckedLines {
  readonly poison: readonly Poison[];
  /** The last one that is not poison is the `session_end`. */
  readonly isEnd: boolean;
}

export function checkLines({ first, bytes, table }: Lines, session: string): CheckedLines {
  const poison: Poison[] = [];
  const name = Buffer.from(session);
  let isEnd = false;
  let start = 0;
  for (let i = 0; i < table.lines; i++) {
    const seq = first + i;
    const end = start + lengthOf(table, i);
    if (isExpected(table, i, seq) && isNamed(name, table, i, bytes, start)) {
      isEnd = false;
    } else {
      const line = bytes.subarray(start, end);
      const checked = checkedLine(line, session, seq);
      if ('refused' in checked) poison.push({ seq, reason: checked.refused, bytes: line });
      else isEnd = checked.type === 'session_end';
    }
    start = end + 1;
  }
  return { poison, isEnd };
}

/** The lines without those that are poison. */
export function linesBut(poison: readonly Poison[], { first, bytes, table }: Lines): Buffer {
  const bad = new Set(poison.map(({ seq }) => seq));
  const good: Buffer[] = [];
  let start = 0;
  for (let i = 0; i < table.lines; i++) {
    const end = start + lengthOf(table, i) + 1;
    if (!bad.has(first + i)) good.push(bytes.subarray(start, end));
    start = end;
  }
  return Buffer.concat(good);
}

function isExpected(table: LineTable, line: number, seq: number): boolean {
  return isMeasurement(table, line) && seqOf(table, line) === seq;
}

/** By its bytes: a text of each line would be most of what checking it costs. */
function isNamed(
  name: Uint8Array,
  table: LineTable,
  line: number,
  bytes: Uint8Array,
  start: number,
): boolean {
  const [from, to] = sessionPlace(table, line);
  return to - from === name.length && sameBytes(bytes, start + from, start + to, name, 0);
}

/** The type of the record that the line is, or why it is none of this session's. */
function checkedLine(
  line: Buffer,
  session: string,
  seq: number,
): { readonly type: RecordType } | { readonly refused: string } {
  const said = decodeLine(line);
  if (!said.ok) return { refused: `${said.code}: ${said.reason}` };
  const { record } = said;
  if (record.session === session && record.seq === seq) return { type: record.type };
  return {
    refused: `bad_shape: the line says session ${record.session}, seq ${String(record.seq)}; it came as ${session}, seq ${String(seq)}`,
  };
}
