import { readFileSync } from 'node:fs';
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

const run = (...args: string[]) => elmetron([...args, '-c', bench.config]);
const PH = { value: '7.01', unit: 'pH' };
const shown = async (session: string) =>
  (await run('sessions', 'show', session, '--json')).values[0] as {
    readonly metadata: Record<string, unknown>;
    readonly notes: readonly Record<string, unknown>[];
  };

describe('note', () => {
  it('goes nowhere when the name of the session is empty, as a variable of a script may be', async () => {
    const session = await bench.record({ readings: [PH] });
    for (const name of ['', ' ']) {
      expect(await run('note', name, 'well')).toMatchObject({ code: 2, out: '' });
    }
    expect((await shown(session)).notes).toEqual([]);
  });

  it('about this moment or another, shown with its author', async () => {
    const session = await bench.record({ readings: [PH] });
    expect((await run('note', 'latest', ' new buffer ', '--author', 'Ada')).code).toBe(0);
    const at = ['--at', '2026-03-01T08:00:02Z'];
    const second = await run('note', session, 'door open', ...at, '--json');
    expect(second.values).toMatchObject([{ session, stored: true, reason: null }]);
    expect((await shown(session)).notes).toMatchObject([
      { text: 'new buffer', author: 'Ada', key: null },
      { text: 'door open', at: '2026-03-01T08:00:02.000Z' },
    ]);
    expect((await run('sessions', 'show', session)).out).toContain('door open');
  });

  it('goes into the database of its session, and its journal lies beside that', async () => {
    await bench.record({ readings: [PH], startedAt: '2026-03-01T08:00:00.000Z' });
    const emulated = await bench.record({
      readings: [PH],
      emulated: true,
      startedAt: '2026-03-02T08:00:00.000Z',
    });
    await run('note', 'latest', 'demo');
    expect((await shown(emulated)).notes).toHaveLength(1);
    expect(readFileSync(`${bench.demo}.notes.jsonl`, 'utf8')).toContain('"text":"demo"');
  });

  it.each([
    [['note', 'latest', '  '], 2],
    [['note', 'latest', 'x', '--at', 'yesterday'], 2],
    [['note', '0000', 'x'], 3],
    [['note', 'latest'], 2],
  ])('%j: exit code %d, and nothing is kept', async (args, code) => {
    const session = await bench.record({ readings: [PH] });
    expect((await run(...args)).code).toBe(code);
    expect((await shown(session)).notes).toEqual([]);
  });
});

describe('set and rename', () => {
  it('over what was recorded, numbers as numbers, and taken back', async () => {
    const session = await bench.record({ readings: [PH], metadata: { operator: 'Ada', batch: 7 } });
    await run('set', 'operator', 'Grace');
    await run('set', 'sample', '12', '--session', session);
    await run('set', 'lot', '007');
    await run('rename', session, 'titration 7');
    await run('set', 'batch');
    expect((await shown(session)).metadata).toEqual({
      operator: 'Grace',
      sample: 12,
      lot: '007',
      name: 'titration 7',
    });
  });

  it('what was said goes into the manifest of an export', async () => {
    await bench.record({ readings: [PH] });
    await run('set', 'sample', 'S-1');
    await run('export', 'latest', '-o', bench.path('a.csv'));
    const manifest = JSON.parse(readFileSync(bench.path('a.csv.manifest.json'), 'utf8')) as object;
    expect(manifest).toMatchObject({ sessions: [{ metadata: { sample: 'S-1' } }] });
  });
});
