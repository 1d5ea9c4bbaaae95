/**
 * A buffer with every type of record, damaged at every line in every way, one case a buffer. What is
 * asked of each: every line that was not touched is in the store; nothing else is; what was touched
 * lies in the quarantine to the last byte, with its place, and was counted and told; and doing it
 * all again, as after a recovery that was killed just before the end, changes nothing.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeRecord, type SessionRecord } from '@elmetron/protocol';
import { bufferFileName } from '../buffer/index.js';
import { auditEvent, Bench, end, measurement, start } from './testing/bench.js';
import { DAMAGES, type Damaged } from './testing/damages.js';
import type { BufferSummary } from './summary.js';

let bench: Bench;
beforeAll(() => {
  bench = new Bench();
});
afterAll(() => bench.end());

function recordsOf(session: string): SessionRecord[] {
  const at = '2026-01-02T03:05:00.000Z';
  const update = (seq: number, metadata: Record<string, string>): SessionRecord => ({
    v: 1,
    type: 'metadata_update',
    session,
    seq,
    at,
    metadata,
  });
  return [
    start(session),
    measurement(1, session),
    auditEvent(2, session),
    update(3, { sample: 'A-17' }),
    measurement(4, session),
    measurement(5, session),
    update(6, { sample: 'A-18' }),
    auditEvent(7, session),
    measurement(8, session),
    end(9, 4, session),
  ];
}

const TYPES = recordsOf('x').map(({ type, seq }) => `${type} (${String(seq)})`);

interface Stored {
  readonly measurements: readonly number[];
  readonly events: readonly number[];
  readonly metadata: readonly number[];
  readonly ended: boolean;
}

function stored(session: string): Stored {
  const of = <T>(sql: string): T[] => bench.query<T>(sql.replace('?', `'${session}'`));
  const seqs = (table: string): number[] =>
    of<{ seq: number }>(
      `SELECT DISTINCT t.seq FROM ${table} t JOIN sessions s ON s.id = t.session_id
       WHERE s.uid = ? AND t.seq IS NOT NULL ORDER BY t.seq`,
    ).map(({ seq }) => seq);
  const [row] = of<{ end_reason: string | null }>(
    'SELECT end_reason FROM session_log WHERE session_uid = ?',
  );
  return {
    measurements: seqs('measurements'),
    events: seqs('audit_events'),
    metadata: seqs('session_metadata').filter((seq) => seq > 0),
    ended: row?.end_reason === 'stopped',
  };
}

function expected(records: readonly SessionRecord[], lost: readonly number[]): Stored {
  const left = records.filter((_, i) => !lost.includes(i));
  const seqs = (type: string): number[] =>
    left.filter((record) => record.type === type).map(({ seq }) => seq);
  return {
    measurements: seqs('measurement'),
    events: seqs('audit_event'),
    metadata: seqs('metadata_update'),
    ended: seqs('session_end').length > 0,
  };
}

/** Everything that the store holds of a session, to the byte. */
function content(session: string): unknown[] {
  return [
    `SELECT seq, captured_at, elapsed_ms, value, unit, hex(raw_frame) FROM measurement_log WHERE session_uid = '${session}' ORDER BY seq`,
    `SELECT e.* FROM audit_events e JOIN sessions s ON s.id = e.session_id WHERE s.uid = '${session}' ORDER BY e.id`,
    `SELECT m.* FROM session_metadata m JOIN sessions s ON s.id = m.session_id WHERE s.uid = '${session}' ORDER BY m.seq`,
    `SELECT * FROM session_log WHERE session_uid = '${session}'`,
  ].map((sql) => bench.query(sql));
}

interface Entry {
  readonly position: number;
  readonly length: number;
  readonly reason: string;
  readonly utf8?: string;
  readonly hex?: string;
}

function quarantined(name: string): Entry[] {
  if (!bench.names('quarantine').includes(`${name}.jsonl`)) return [];
  const text = readFileSync(join(bench.captures, 'quarantine', `${name}.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
}

function expectSetAside({ bytes, from, to }: Damaged, entries: readonly Entry[]): void {
  const covered = Buffer.alloc(bytes.length);
  for (const { position, length, reason, utf8, hex } of entries) {
    expect(reason).not.toBe('');
    const kept = utf8 === undefined ? Buffer.from(hex ?? '', 'hex') : Buffer.from(utf8);
    expect(kept.equals(bytes.subarray(position, position + length))).toBe(true);
    covered.fill(1, position, position + length);
  }
  // To the byte, what was touched and nothing else; a newline is no part of a line.
  const touched = Buffer.alloc(bytes.length).fill(1, from, to);
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    covered[at] = touched[at] = 0;
  }
  expect(covered.equals(touched)).toBe(true);
}

function expectTold(
  { bytes, lost, from, to }: Damaged,
  { quarantined_lines, torn_bytes, holes }: BufferSummary,
  keys: readonly string[],
): void {
  const remains = to > from;
  expect(quarantined_lines > 0 || torn_bytes > 0).toBe(remains);
  // Nothing whole behind it: it was torn while it was written, and may be cut off.
  if (remains) expect(torn_bytes).toBe(to === bytes.length ? to - from : 0);
  const told = keys.map((key) => key.slice(0, key.indexOf(':')));
  expect(told.includes('torn')).toBe(torn_bytes > 0);
  expect(told.includes('damaged')).toBe(quarantined_lines > 0);
  expect(told.includes('hole')).toBe(holes.length > 0);
  // A hole in the middle is named by its numbers; before the first and behind the last nobody knows.
  for (const seq of lost.filter((i) => i > 1 && i < 9 && !(lost.includes(9) || lost.includes(1)))) {
    expect(holes.some((hole) => hole.from <= seq && seq <= hole.to)).toBe(true);
  }
}

describe.each([...DAMAGES.keys()])('%s', (name) => {
  it.each(TYPES.map((type, index) => [type, index] as const))('of %s', async (_, index) => {
    const damage = DAMAGES.get(name);
    const tag = (1000 * [...DAMAGES.keys()].indexOf(name) + index).toString(16).padStart(12, '0');
    const session = `01990000-0000-7000-8000-${tag}`;
    const run = `01990000-0000-7000-9000-${tag}`;
    const records = recordsOf(session);
    const lines = records.map((record) => Buffer.concat([encodeRecord(record), Buffer.from('\n')]));
    const damaged = damage?.(lines, index);
    if (damaged === undefined) return;
    const file = bufferFileName(session, run, 1);

    bench.buffer(damaged.bytes, run, session);
    const { buffers, failed_recoveries } = await bench.recover();
    expect(failed_recoveries).toBe(0);
    expect(stored(session)).toEqual(expected(records, damaged.lost));
    const [summary] = buffers;
    expect(summary?.status).toBe('recovered');
    if (summary === undefined) return;
    expectSetAside(damaged, quarantined(file));
    const keys = bench.eventKeys().filter((key) => key.endsWith(file));
    expectTold(damaged, summary, keys);
    expect(bench.names().filter((entry) => entry.includes(run))).toEqual([]);

    const before = [content(session), quarantined(file)];
    bench.buffer(damaged.bytes, run, session);
    expect((await bench.recover()).recovered_measurements).toBe(0);
    expect([content(session), quarantined(file)]).toEqual(before);
  });
});

it('leaves the database whole, and every reading as it was measured', () => {
  expect(bench.query('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  const rows = bench.rows();
  expect(rows.length).toBeGreaterThan(1000);
  for (const { seq, value, unit, captured_at } of rows) {
    const original = measurement(seq);
    expect([value, unit, captured_at]).toEqual([
      original.decoded.value,
      original.decoded.unit,
      original.captured_at,
    ]);
  }
});
