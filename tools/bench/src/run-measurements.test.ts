import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Measurement, MeasurementContext } from './measurement.js';
import { callsOf, runMeasurements, type RunOptions } from './run-measurements.js';

let parent: string;
let called: string[];
const stop = new AbortController();

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'elmetron-runner-'));
  called = [];
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

/** Gives one figure, its values counted up over all calls. */
function made(
  name: string,
  more: Partial<Measurement> = {},
  work: (context: MeasurementContext) => void = () => undefined,
): Measurement {
  let count = 0;
  return {
    name,
    title: name,
    ...more,
    measure: async (context) => {
      called.push(name);
      work(context);
      const runs = Array.from({ length: context.runs }, () => ++count);
      return [{ name: 'figure', title: 'a figure', unit: 'ms', runs }];
    },
  };
}

function options(more: Partial<RunOptions> = {}): RunOptions {
  return { quick: true, runs: 3, parent, signal: stop.signal, progress: () => undefined, ...more };
}

test('those that take turns are called in turns, and their runs joined; the others once', async () => {
  const all = [made('a', { takesTurns: true }), made('alone'), made('b', { takesTurns: true })];
  const measured = await runMeasurements(all, options());
  expect(called).toEqual(['a', 'b', 'a', 'b', 'a', 'b', 'alone']);
  expect(measured.map(({ name, figures }) => [name, figures[0]?.runs])).toEqual([
    ['a', [1, 2, 3]],
    ['alone', [1, 2, 3]],
    ['b', [1, 2, 3]],
  ]);
});

test('none is run more often than it is good for', () => {
  const turns = made('turns', { takesTurns: true, mostRuns: 2 });
  const alone = made('alone', { mostRuns: 1 });
  expect(
    callsOf([turns, alone], 5).map(({ measurement, runs }) => [measurement.name, runs]),
  ).toEqual([
    ['turns', 1],
    ['turns', 1],
    ['alone', 1],
  ]);
});

test('one that fails is told with its reason and its earlier runs, and the others go on', async () => {
  let calls = 0;
  const failing = made('failing', { takesTurns: true }, () => {
    if (++calls === 2) throw new Error('the disk is full');
  });
  const [first, second] = await runMeasurements(
    [failing, made('other', { takesTurns: true })],
    options(),
  );
  expect(first).toMatchObject({ failed: 'the disk is full', figures: [{ runs: [1] }] });
  expect(called.filter((name) => name === 'failing')).toHaveLength(2);
  expect(second).toMatchObject({ figures: [{ runs: [1, 2, 3] }] });
  expect(second).not.toHaveProperty('failed');
});

test('each has an empty directory of its own, which goes whatever happens', async () => {
  const dirs: string[] = [];
  const look = ({ dir }: MeasurementContext): void => {
    expect(readdirSync(dir)).toEqual([]);
    dirs.push(dir);
    writeFileSync(join(dir, 'left'), 'over');
  };
  const failing = made('failing', {}, (context) => {
    look(context);
    throw new Error('as it may happen');
  });
  await runMeasurements([made('good', {}, look), failing], options());
  expect(new Set(dirs).size).toBe(2);
  expect(dirs.filter((dir) => existsSync(dir))).toEqual([]);
});

test('an interruption ends the bench instead of failing one measurement', async () => {
  const abort = new AbortController();
  const interrupted = made('interrupted', {}, () => {
    abort.abort();
    throw new Error('killed');
  });
  const bench = runMeasurements([interrupted, made('next')], options({ signal: abort.signal }));
  await expect(bench).rejects.toMatchObject({ code: 'interrupted' });
  expect(called).toEqual(['interrupted']);
});
