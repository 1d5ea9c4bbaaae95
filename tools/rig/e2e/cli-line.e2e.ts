/**
 * The commands that look after what was recorded, on one pipeline of real processes that goes on meanwhile: what
 * they move or bring back is held against what the meter says it sent.
 */
import { execFileSync } from 'node:child_process';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  Bench,
  compare,
  eventually,
  PATIENCE_MS,
  type MeasurementRow,
  type Run,
} from '@elmetron/rig';
import { deliversAll, measurements, moreMeasurements } from './on-a-bench.js';

const DEMO = 'data/demo/elmetron.sqlite';

let bench: Bench;
let acquisition: Run;
let writer: Run;

beforeAll(async () => {
  bench = await Bench.open({ profile: { poll_interval_s: 0.02 } });
  await bench.startMeter();
  writer = bench.startWriter();
  acquisition = bench.startAcquisition();
  await measurements(bench, 100);
}, 2 * PATIENCE_MS);
afterAll(async () => {
  await bench.close();
});

const firstSession = (): string => bench.database().sessions[0]?.session_uid ?? '';
const key = ({ session_uid, seq }: MeasurementRow): string => `${session_uid} ${seq}`;
const value = (out: readonly string[]): unknown => JSON.parse(out.at(-1) ?? 'null');

test('backup: a whole database of one moment, while the capture goes on', async () => {
  for (let round = 1; round <= 3; round++) {
    const before = bench.database().measurements;
    const file = `copy-${round}.sqlite`;
    const { code, out, err } = await bench.elmetron('backup', file, '--demo', '--json');
    expect(code, err).toBe(0);
    const copy = bench.database(file);
    const after = bench.database().measurements;
    expect(copy.integrity).toBe('ok');
    expect(value(out)).toMatchObject({ file, rows: { measurements: copy.measurements.length } });
    // Without a hole: up to some moment between the two looks.
    expect(copy.measurements).toEqual(after.slice(0, copy.measurements.length));
    expect(copy.measurements.length).toBeGreaterThanOrEqual(before.length);
    await moreMeasurements(bench, 10);
  }
  const again = await bench.elmetron('backup', 'copy-1.sqlite', '--demo');
  expect(again.code).toBe(1);
  expect(again.err).toContain('--force');
  expect((await bench.elmetron('backup', DEMO, '--demo', '--force')).code).toBe(2);
  expect((await readdir(bench.dir)).filter((name) => name.includes('partial'))).toEqual([]);
});

test('recover: the job itself, with its words and its exit codes', async () => {
  const beside = await bench.elmetron('recover');
  expect(beside.code).toBe(0);
  expect(beside.out.join('\n')).toContain('Nothing to recover');
  expect((await bench.elmetron('recover', 'rebuild', '--dry-run')).code).toBe(2);
  await writeFile(bench.path('config/wrong.toml'), '[storage]\narchive_days = "many"\n');
  expect((await bench.elmetron('recover', '-c', 'config/wrong.toml')).code).toBe(2);

  await Promise.all([writer.kill(), acquisition.kill()]);
  expect(await bench.buffers()).not.toEqual([]);
  const dry = await bench.elmetron('recover', '--dry-run', '--json');
  expect(value(dry.out)).toMatchObject({ dry_run: true, recovered_sessions: 1 });
  expect(await bench.buffers()).not.toEqual([]);
  const { code, out } = await bench.elmetron('recover', '--json');
  expect(code).toBe(0);
  expect(value(out)).toMatchObject({ failed_recoveries: 0, recovered_sessions: 1 });
  expect(await bench.buffers()).toEqual([]);
});

test('prune: what goes is in the archive, and nothing brings it back', async () => {
  const old = firstSession();
  writer = bench.startWriter();
  acquisition = bench.startAcquisition();
  // Open: the dead acquisition's spool has not been delivered.
  await eventually(
    'a second session with readings, and the first one closed',
    () => {
      const { sessions } = bench.database();
      const running = sessions.find(({ session_uid }) => session_uid !== old);
      return (
        (running?.measurement_count ?? 0) > 50 &&
        sessions.some(({ session_uid, ended_at }) => session_uid === old && ended_at !== null)
      );
    },
    PATIENCE_MS,
    () => JSON.stringify(bench.database().sessions),
  );
  const held = bench.database().measurements.filter(({ session_uid }) => session_uid === old);
  expect(held.length).toBeGreaterThan(100);

  const age = ['--older-than', '0s', '--demo'];
  const unasked = await bench.elmetron('prune', ...age);
  expect(unasked.code).toBe(1);
  expect(unasked.err).toContain('--yes');
  const none = await bench.elmetron('prune', '--older-than', '1d', '--demo', '--yes');
  expect(none.out.join('\n')).toContain('Nothing to move');
  expect(bench.database().sessions).toHaveLength(2);

  interface Pruned {
    readonly archive: string | null;
    readonly sessions: readonly { readonly session_uid: string; readonly removed: boolean }[];
    readonly kept: readonly { readonly why: string }[];
  }
  let pruned: Pruned | undefined;
  await eventually(
    'the first session to be moved; until its buffer is removed it stays',
    async () => {
      const { out } = await bench.elmetron('prune', ...age, '--yes', '--json');
      pruned = value(out) as Pruned;
      return pruned.sessions.some(({ removed }) => removed);
    },
    PATIENCE_MS,
    () => JSON.stringify(pruned),
  );
  expect(pruned?.sessions).toMatchObject([{ session_uid: old, removed: true }]);
  const archive = bench.database(pruned?.archive ?? '');
  expect(archive.integrity).toBe('ok');
  expect(archive.measurements).toEqual(held);
  expect(archive.sessions.map(({ session_uid }) => session_uid)).toEqual([old]);
  expect((await readdir(bench.path('captures/archive'))).join()).not.toContain(old);

  await moreMeasurements(bench, 30);
  await deliversAll(bench, acquisition);
  expect((await writer.stop()).code).toBe(0);
  const left = bench.database();
  expect(left.sessions.map(({ session_uid }) => session_uid)).not.toContain(old);
  const keys = [...left.measurements, ...archive.measurements].map(key);
  expect(new Set(keys).size).toBe(keys.length);
  // The kill may have taken what was on the wire.
  const { missing, surplus } = compare(await bench.account(), [
    ...archive.measurements,
    ...left.measurements,
  ]);
  expect(surplus).toBe(0);
  expect(missing).toBeLessThanOrEqual(1);

  for (const suffix of ['', '-wal', '-shm']) await rm(bench.path(DEMO + suffix), { force: true });
  expect((await bench.elmetron('recover')).code).toBe(0);
  const rebuilt = bench.database();
  expect(rebuilt.sessions.map(({ session_uid }) => session_uid)).not.toContain(old);
  expect(rebuilt.measurements.map(key)).toEqual(left.measurements.map(key));
});

test('init: a configuration with which the command line runs', async () => {
  const made = await bench.elmetron(
    'init',
    '-c',
    'config/new.toml',
    '--yes',
    '--data',
    'elsewhere',
  );
  expect(made.code, made.err).toBe(0);
  expect((await bench.elmetron('sessions', '-c', 'config/new.toml')).code).toBe(3);
  expect((await bench.elmetron('init', '-c', 'config/new.toml', '--yes')).code).toBe(1);
});

test('completion: bash takes what it prints, and proposes the commands', async () => {
  const { code, out } = await bench.elmetron('completion', 'bash');
  expect(code).toBe(0);
  const ask = 'COMP_WORDS=(elmetron st); COMP_CWORD=1; _elmetron; echo "${COMPREPLY[@]}"';
  const proposed = execFileSync('bash', ['-c', `${out.join('\n')}\n${ask}`], { encoding: 'utf8' });
  expect(proposed.trim()).toBe('status');
  expect((await bench.elmetron('completion', 'csh')).code).toBe(2);
});
