import { expect, test } from 'vitest';
import type { Figure } from './measurement.js';
import { measurements } from './measurements/index.js';
import { lookupIn } from './results.js';
import { judge, meets, targets } from './targets.js';

const figure = (name: string, ...runs: number[]): Figure => ({ name, title: name, unit: '', runs });

const measured = [
  { name: 'end-to-end', title: '', figures: [figure('records_per_second', 90, 110, 100)] },
  { name: 'baseline', title: '', figures: [figure('records_per_second', 5, 4, 6)] },
  { name: 'limits', title: '', figures: [figure('ceiling', 200)] },
  { name: 'recovery', title: '', figures: [figure('records_per_second')], failed: 'no room' },
];

function judged(name: string) {
  return judge(targets, lookupIn(measured)).find(({ target }) => target.name === name);
}

test('a ratio is that of the medians, the right way round', () => {
  expect(judged('end_to_end_to_base_line')).toMatchObject({ value: 20, met: true });
  expect(judged('end_to_end_to_ceiling')).toMatchObject({ value: 0.5, met: false });
});

test('what was not measured is neither met nor missed', () => {
  for (const name of ['recovery_to_base_line', 'database_bytes']) {
    expect(judged(name)).toMatchObject({ value: undefined, met: undefined });
  }
});

test('bounds count themselves in', () => {
  expect(meets(20, { least: 20 })).toBe(true);
  expect(meets(19.99, { least: 20 })).toBe(false);
  expect(meets(0.2, { most: 0.2 })).toBe(true);
  expect(meets(0.21, { most: 0.2 })).toBe(false);
});

test('every name of a target and of a measurement is there once', () => {
  for (const names of [targets, measurements].map((all) => all.map(({ name }) => name))) {
    expect(new Set(names).size).toBe(names.length);
  }
});
