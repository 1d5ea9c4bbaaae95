import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MadeBench } from '../../testing/made-bench.js';
import { elmetron } from '../../testing/run-program.js';

let bench: MadeBench;
beforeEach(() => {
  bench = new MadeBench();
});
afterEach(() => {
  bench.remove();
});

const run = (...args: string[]) => elmetron(['export', ...args, '-c', bench.config]);
const PH = { value: '7.01', unit: 'pH' };
const out = (name: string) => bench.path(name);
const manifest = (name: string) =>
  JSON.parse(readFileSync(out(`${name}.manifest.json`), 'utf8')) as Record<string, unknown>;
const left = () => readdirSync(bench.dir).filter((name) => /partial|\.csv/.test(name));

describe('what is exported', () => {
  it('a session, the latest, a range; each with a manifest that says so', async () => {
    const one = await bench.record({
      readings: [PH, PH, PH],
      ended: true,
      metadata: { operator: 'Ada' },
    });
    await bench.record({ readings: [PH], startedAt: '2026-03-02T08:00:00.000Z' });
    expect((await run(one, '-o', out('a.csv'))).code).toBe(0);
    expect(manifest('a.csv')).toMatchObject({
      rows: 3,
      sessions: [
        {
          session_uid: one,
          rows: 3,
          units: { pH: 3 },
          first: { seq: 1, captured_at: '2026-03-01T08:00:01.000Z' },
          last: { seq: 3, captured_at: '2026-03-01T08:00:03.000Z' },
          metadata: { operator: 'Ada' },
        },
      ],
    });
    await run('latest', '-o', out('b.csv'));
    expect(manifest('b.csv')).toMatchObject({ rows: 1, sessions: [{ rows: 1 }] });
    const range = ['--since', '2026-03-01T08:00:02Z', '--until', '2026-03-02T08:00:01.001Z'];
    await run(...range, '-o', out('c.csv'));
    expect(manifest('c.csv')).toMatchObject({
      rows: 3,
      since: '2026-03-01T08:00:02.000Z',
      sessions: [{ rows: 2 }, { rows: 1 }],
    });
  });

  it('the sum in the manifest is that of the file', async () => {
    await bench.record({ readings: [PH] });
    for (const format of ['csv', 'jsonl', 'xlsx', 'parquet']) {
      const ran = await run('latest', '-o', out(`x.${format}`), '--json');
      const file = readFileSync(out(`x.${format}`));
      const sum = createHash('sha256').update(file).digest('hex');
      expect(manifest(`x.${format}`)).toMatchObject({ format, sha256: sum, bytes: file.length });
      expect(ran.values).toMatchObject([{ format, rows: 1, sha256: sum }]);
    }
  });

  it('emulated meters never share a file with real ones', async () => {
    await bench.record({ readings: [PH] });
    await bench.record({
      readings: [PH, PH],
      emulated: true,
      startedAt: '2026-04-01T08:00:00.000Z',
    });
    await run('latest', '-o', out('real.csv'));
    expect(manifest('real.csv')).toMatchObject({ rows: 1, emulated: false });
    await run('--since', '2026-01-01', '--demo', '-o', out('demo.csv'));
    expect(manifest('demo.csv')).toMatchObject({ rows: 2, emulated: true });
  });

  it('to standard output, for another program', async () => {
    await bench.record({ readings: [PH, PH] });
    const ran = await run('latest', '-o', '-', '-f', 'jsonl');
    expect(ran.values).toMatchObject([{ seq: 1 }, { seq: 2 }]);
    expect((await run('latest', '-o', '-', '-f', 'xlsx')).code).toBe(2);
  });

  it('named by when it began and of which meter it is', async () => {
    await bench.record({ readings: [PH], serial: '00308/25' });
    await run('latest', '-o', bench.dir, '--time-zone', 'UTC');
    expect(left()).toContain('elmetron_20260301-080000_00308-25.csv');
  });

  it.each([
    [[], 'elmetron export latest'],
    [['latest', '-o', 'x.txt'], '.parquet'],
    [['latest', '--decimal', ','], '--separator'],
    [['latest', '--separator', 'x'], '--separator x'],
    [['latest', '--time-zone', 'Mars/Olympus'], 'Mars/Olympus'],
    [['--since', '2026-02-01', '--until', '2026-01-01'], '--until'],
  ])('%j is no use: exit code 2', async (args, said) => {
    await bench.record({ readings: [PH] });
    const ran = await run(...args);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain(said);
  });

  it('nothing there: exit code 3, and where emulated ones are', async () => {
    await bench.record({ readings: [] });
    const ran = await run('--since', '2026-01-01', '-o', out('x.csv'));
    expect(ran.code).toBe(3);
    expect(ran.err).toContain('--demo');
    expect(left()).toEqual([]);
  });
});

describe('a file under its name is whole', () => {
  it('never takes the place of a file of the capture', async () => {
    await bench.record({ readings: [PH] });
    const buffer = bench.write('captures/session_1_run_000001_buffer.jsonl', 'readings');
    for (const file of [bench.database, `${bench.database}-wal`, buffer]) {
      const ran = await run('latest', '--format', 'csv', '--force', '-o', file);
      expect(ran.code, file).toBe(2);
    }
    expect(readFileSync(buffer, 'utf8')).toBe('readings');
    expect((await run('latest', '-o', out('a.csv'))).code).toBe(0);
  });

  it.skipIf(process.platform === 'win32')('nor that of what is no file', async () => {
    await bench.record({ readings: [PH] });
    execFileSync('mkfifo', [out('pipe.csv')]);
    expect((await run('latest', '-o', out('pipe.csv'), '--force')).code).toBe(1);
    expect(statSync(out('pipe.csv')).isFIFO()).toBe(true);
  });

  it('one that is there is overwritten only with --force', async () => {
    await bench.record({ readings: [PH] });
    writeFileSync(out('a.csv'), 'mine');
    const refused = await run('latest', '-o', out('a.csv'));
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('--force');
    expect(readFileSync(out('a.csv'), 'utf8')).toBe('mine');
    expect(left()).toEqual(['a.csv']);
    expect((await run('latest', '-o', out('a.csv'), '--force')).code).toBe(0);
    expect(readFileSync(out('a.csv'), 'utf8')).toContain('local_time');
    expect(left()).toEqual(['a.csv', 'a.csv.manifest.json']);
  });

  it('interrupted, it leaves nothing, and says so by its exit code', async () => {
    await bench.record({ readings: [PH] });
    const interrupt = new AbortController();
    interrupt.abort();
    const args = ['export', 'latest', '-o', out('a.csv'), '-c', bench.config];
    expect((await elmetron(args, { signal: interrupt.signal })).code).toBe(130);
    expect(left()).toEqual([]);
  });

  it('where it cannot be made: what to do', async () => {
    await bench.record({ readings: [PH] });
    const ran = await run('latest', '-o', out('nowhere/a.csv'));
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('Make its directory first');
    expect(existsSync(out('nowhere'))).toBe(false);
  });
});
