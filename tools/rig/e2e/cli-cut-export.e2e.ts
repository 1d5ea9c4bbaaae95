/** An export that is cut: by a kill, by Ctrl-C, by a full disk. Nothing that looks whole is left. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { eventually, PATIENCE_MS, type Bench, type Run } from '@elmetron/rig';
import { deliversAll, measurements, test } from './on-a-bench.js';

/** So many that an export of them can be met in the middle. */
const READINGS = 300_000;

/** A real session, and behind its last reading many like it. */
async function largeSession(bench: Bench): Promise<string> {
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 20);
  await deliversAll(bench, acquisition);
  await writer.stop();
  const db = new Database(bench.path('data/demo/elmetron.sqlite'));
  const last = Number(db.prepare('SELECT last_seq FROM sessions').pluck().get());
  const columns = `elapsed_ms, device_time, value, unit, temperature, temperature_unit, record_number,
    status, range, mode, raw_frame, recovered, imported`;
  db.prepare(
    `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
     INSERT INTO measurements (session_id, seq, captured_ms, ${columns})
     SELECT session_id, ? + i, captured_ms + i, ${columns}
     FROM n, (SELECT * FROM measurements ORDER BY seq LIMIT 1)`,
  ).run(READINGS, last);
  db.prepare('UPDATE sessions SET last_seq = ?').run(last + READINGS);
  db.close();
  return bench.database().sessions[0]?.session_uid ?? '';
}

const partial = (dir: string): string[] => readdirSync(dir).filter((n) => n.endsWith('.partial'));
const looksWhole = (dir: string): string[] =>
  readdirSync(dir).filter((name) => !name.endsWith('.partial'));

async function underWay(run: Run, dir: string): Promise<void> {
  await eventually(
    'the export to be under way',
    () => partial(dir).length > 0 || run.exit !== undefined,
    PATIENCE_MS,
  );
  expect(run.exit, run.tail()).toBeUndefined();
}

test('killed, interrupted, out of room: nothing that looks whole; then it works', async ({
  open,
}) => {
  const bench = await open();
  const session = await largeSession(bench);
  const dir = bench.path('out');
  mkdirSync(dir);
  const start = (...more: string[]) =>
    bench.startElmetron('export', session, '-o', 'out/x.csv', ...more);

  const interrupted = start();
  await underWay(interrupted, dir);
  interrupted.signal('SIGINT');
  expect((await interrupted.exited).code).toBe(130);
  expect(readdirSync(dir)).toEqual([]);

  const killed = start();
  await underWay(killed, dir);
  await killed.kill();
  expect(looksWhole(dir)).toEqual([]);
  expect(partial(dir)).toHaveLength(1);

  // A file that is there stays as it is until the new one is whole.
  writeFileSync(bench.path('out/x.csv'), 'mine');
  const forced = start('--force');
  await eventually(
    'the second',
    () => partial(dir).length === 2,
    PATIENCE_MS,
    () => forced.tail(),
  );
  await forced.kill();
  expect(looksWhole(dir)).toEqual(['x.csv']);

  const full = await bench.startElmetronUnder(
    ['bash', '-c', 'ulimit -f 1000; exec "$@"', 'bash'],
    'export',
    session,
    '-o',
    'out/y.csv',
  ).exited;
  expect(full.signal ?? full.code).not.toBe(0);
  expect(looksWhole(dir)).toEqual(['x.csv']);

  const whole = await bench.elmetron('export', session, '-o', 'out/x.csv', '--force', '--json');
  expect(whole.code, whole.err).toBe(0);
  expect(JSON.parse(whole.out[0] ?? '')).toMatchObject({
    rows: bench.database().sessions[0]!.measurement_count + READINGS,
  });
  expect(looksWhole(dir)).toEqual(['x.csv', 'x.csv.manifest.json']);
});
