import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreReader } from '@elmetron/storage';
import { MadeBench } from '../../testing/made-bench.js';
import { elmetron, type Circumstances } from '../../testing/run-program.js';

let bench: MadeBench;
let old: string;
let young: string;

const PH = { value: '7.01', unit: 'pH' };
const HOUR = 3_600_000;

beforeEach(async () => {
  bench = new MadeBench();
  const startedAt = (ago: number) => new Date(Date.now() - ago).toISOString();
  old = await bench.record({ readings: [PH, PH], ended: true, startedAt: startedAt(50 * HOUR) });
  young = await bench.record({ readings: [PH], ended: true, startedAt: startedAt(HOUR) });
  await bench.record({ readings: [PH], startedAt: startedAt(90 * HOUR) });
});
afterEach(() => {
  bench.remove();
});

const prune = (args: readonly string[], circumstances: Circumstances = {}) =>
  elmetron(['prune', '--older-than', '2d', '-c', bench.config, ...args], circumstances);

function sessionsIn(path: string): string[] {
  const reader = StoreReader.open(path);
  const found = reader.sessions().map(({ session_uid }) => session_uid);
  reader.close();
  return found;
}

const archives = () => readdirSync(bench.path('data')).filter((name) => name.includes('pruned'));

describe('prune', () => {
  it('moves what ended before, and neither the younger nor the open one', async () => {
    const ran = await prune(['--yes', '--json']);
    expect(ran.code).toBe(0);
    expect(ran.values).toMatchObject([
      { sessions: [{ session_uid: old, measurement_count: 2, removed: true }], kept: [] },
    ]);
    const [name = ''] = archives();
    expect(sessionsIn(bench.path('data', name))).toEqual([old]);
    expect(sessionsIn(bench.database)).toHaveLength(2);
    expect(sessionsIn(bench.database)).toContain(young);
    expect((await prune(['--yes'])).out).toContain('Nothing to move');
  });

  it('asks first, and takes nothing but a yes for one', async () => {
    for (const input of ['', '\n', 'n\n', 'yesterday\n']) {
      const ran = await prune([], { terminal: true, input });
      expect(ran.code, input).toBe(1);
      expect(ran.err).toContain('(y/N)');
      expect(ran.err).toContain('Nothing was changed');
    }
    expect(sessionsIn(bench.database)).toHaveLength(3);
    expect(archives()).toEqual([]);
    expect((await prune([], { terminal: true, input: 'y\n' })).code).toBe(0);
    expect(sessionsIn(bench.database)).toHaveLength(2);
  });

  it('does nothing where nobody can be asked', async () => {
    const ran = await prune([], { input: 'y\n' });
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('--yes');
    expect(sessionsIn(bench.database)).toHaveLength(3);
  });

  it('--dry-run changes nothing', async () => {
    const ran = await prune(['--dry-run']);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain(old);
    expect(archives()).toEqual([]);
    expect(sessionsIn(bench.database)).toHaveLength(3);
  });

  it('says what stays, and why', async () => {
    bench.write(`captures/session_${old}_run_000001_buffer.jsonl`, '');
    const ran = await prune(['--yes']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain(`Session ${old} stays: it has a buffer`);
    expect(sessionsIn(bench.database)).toContain(old);
  });

  it('never writes over an archive, nor into the database in use', async () => {
    mkdirSync(bench.path('nas'));
    const file = bench.path('nas/old.sqlite');
    writeFileSync(file, 'of last year');
    const refused = await prune(['--yes', '--archive', file]);
    expect(refused.code).toBe(1);
    // There is no such option here.
    expect(refused.err).not.toContain('--force');
    expect((await prune(['--yes', '--archive', bench.database])).code).toBe(2);
    expect(sessionsIn(bench.database)).toHaveLength(3);
    expect((await prune(['--yes', '--archive', bench.path('nas')])).code).toBe(0);
    expect(readdirSync(bench.path('nas'))).toHaveLength(2);
  });

  it('interrupted, it has removed nothing and leaves no archive', async () => {
    const ran = await prune(['--yes'], { signal: AbortSignal.abort() });
    expect(ran.code).toBe(130);
    expect(archives()).toEqual([]);
    expect(sessionsIn(bench.database)).toHaveLength(3);
  });

  it('a length of time that is none is refused', async () => {
    const ran = await elmetron(['prune', '--older-than', 'long', '-c', bench.config]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('--older-than long');
  });
});
