import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreReader } from '@elmetron/storage';
import { MadeBench } from '../../testing/made-bench.js';
import { elmetron } from '../../testing/run-program.js';

let bench: MadeBench;
beforeEach(() => {
  bench = new MadeBench();
});
afterEach(() => {
  bench.remove();
});

const run = (...args: string[]) => elmetron(['backup', ...args, '-c', bench.config]);
const PH = { value: '7.01', unit: 'pH' };

function readingsIn(path: string): number {
  const reader = StoreReader.open(path);
  try {
    return reader.sessions().reduce((sum, session) => sum + session.measurement_count, 0);
  } finally {
    reader.close();
  }
}

describe('backup', () => {
  it('is a database that can be read, and says what is in it', async () => {
    await bench.record({ readings: [PH, PH, PH], ended: true });
    await bench.record({ readings: [PH], emulated: true });
    const file = bench.path('copy.sqlite');
    const ran = await run(file, '--json');
    expect(ran.values).toMatchObject([
      { file, emulated: false, rows: { sessions: 1, measurements: 3 } },
    ]);
    expect(readingsIn(file)).toBe(3);
    const demo = await run(bench.path('demo.sqlite'), '--demo');
    expect(demo.out).toMatch(/demo\.sqlite: 1 readings of emulated meters of 1 session\(s\)/);
  });

  it('shows a person at a terminal how far it is, and nobody else', async () => {
    await bench.record({ readings: [PH] });
    const seen = await elmetron(['backup', bench.path('a.sqlite'), '-c', bench.config], {
      terminal: true,
    });
    expect(seen.err).toContain('Copying');
    const piped = await run(bench.path('b.sqlite'));
    expect(piped.err).not.toContain('Copying');
  });

  it('into a directory, named by the time', async () => {
    await bench.record({ readings: [PH] });
    mkdirSync(bench.path('stick'));
    expect((await run(bench.path('stick'))).code).toBe(0);
    expect(readdirSync(bench.path('stick'))).toEqual([
      expect.stringMatching(/^elmetron-\d{8}T\d{6}Z\.sqlite$/),
    ]);
  });

  it('overwrites only with --force', async () => {
    await bench.record({ readings: [PH] });
    const file = bench.write('copy.sqlite', 'the thesis');
    const refused = await run(file);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('--force');
    expect(readFileSync(file, 'utf8')).toBe('the thesis');
    expect((await run(file, '--force')).code).toBe(0);
    expect(readingsIn(file)).toBe(1);
  });

  it('never takes the place of the database in use, by whatever name', async () => {
    await bench.record({ readings: [PH] });
    symlinkSync(bench.path('data'), bench.path('other'));
    for (const file of [
      bench.database,
      `${bench.database}-wal`,
      bench.path('other/elmetron.sqlite'),
    ]) {
      expect((await run(file, '--force')).code, file).toBe(2);
    }
    expect(readingsIn(bench.database)).toBe(1);
  });

  it('nor that of the notes, of a buffer, or of what a link leads to', async () => {
    await bench.record({ readings: [PH] });
    const buffer = bench.write('captures/session_1_run_000001_buffer.jsonl', 'readings');
    const notes = bench.write('data/elmetron.sqlite.notes.jsonl', 'notes');
    const spool = bench.write('data/spool/bench-1/session_1_000000_spool.jsonl', 'records');
    mkdirSync(bench.path('big'));
    const behind = bench.path('big/elmetron.sqlite');
    renameSync(bench.database, behind);
    symlinkSync(behind, bench.database);
    for (const file of [buffer, notes, spool, behind]) {
      const ran = await run(file, '--force');
      expect(ran.code, file).toBe(2);
      expect(ran.err).toContain(file);
    }
    expect(readFileSync(notes, 'utf8')).toBe('notes');
    expect(readingsIn(behind)).toBe(1);
  });

  it.skipIf(process.platform === 'win32')('nor that of what is no file', async () => {
    await bench.record({ readings: [PH] });
    const pipe = bench.path('pipe.sqlite');
    execFileSync('mkfifo', [pipe]);
    const ran = await run(pipe, '--force');
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('no ordinary file');
    expect(statSync(pipe).isFIFO()).toBe(true);
  });

  it('leaves nothing when it is interrupted, or cannot be made', async () => {
    await bench.record({ readings: [PH] });
    const file = bench.path('copy.sqlite');
    const ran = await elmetron(['backup', file, '-c', bench.config], {
      signal: AbortSignal.abort(),
    });
    expect(ran.code).toBe(130);
    expect(readdirSync(bench.dir).filter((name) => name.startsWith('copy'))).toEqual([]);
    const nowhere = await run(bench.path('nowhere', 'copy.sqlite'));
    expect(nowhere.code).toBe(1);
    expect(nowhere.err).toContain('Make its directory first');
    expect(existsSync(bench.path('nowhere'))).toBe(false);
  });

  it('of nothing is nothing', async () => {
    expect((await run(bench.path('copy.sqlite'))).code).toBe(3);
  });
});
