import { expect, test } from 'vitest';
import { lookupIn, type Results } from '../results.js';
import { judge, targets } from '../targets.js';
import { asObject } from './json.js';
import { shown } from './numbers.js';
import { table } from './table.js';

const results: Results = {
  at: '2026-01-02T03:04:05.000Z',
  quick: true,
  runs: 3,
  machine: { processors: 2, processor: 'a processor', memory_mb: 1, kernel: '6', node: 'v20.1.0' },
  measured: [
    {
      name: 'end-to-end',
      title: 'End to end',
      figures: [
        { name: 'records_per_second', title: 'committed', unit: 'records/s', runs: [90, 110, 100] },
        { name: 'syncs', title: 'syncs (no strace)', unit: 'syncs', runs: [] },
      ],
    },
    {
      name: 'baseline',
      title: 'Base line',
      figures: [{ name: 'records_per_second', title: 'one by one', unit: 'records/s', runs: [4] }],
    },
    { name: 'recovery', title: 'Recovery', figures: [], failed: 'it did not end' },
    { name: 'slow', title: 'Slow', figures: [], leftOut: 'it takes an hour' },
  ],
};
const judged = judge(targets, lookupIn(results.measured));

function lineWith(text: string): string {
  return (
    table(results, judged)
      .split('\n')
      .find((line) => line.includes(text)) ?? ''
  );
}

test('a person sees median and spread, what was not measured, and what failed', () => {
  expect(lineWith('committed')).toMatch(/100 records\/s +±10 % in 3 runs$/);
  expect(lineWith('no strace')).toMatch(/— +not measured$/);
  expect(table(results, judged)).toContain('NOT MEASURED: it did not end');
  expect(table(results, judged)).toContain('not measured: it takes an hour');
});

test('a target says its value, its bound, and whether it is met', () => {
  expect(lineWith('end to end : base line')).toMatch(/25 × +at least 20: ok$/);
  expect(lineWith('database bytes a reading')).toMatch(/— +at most 230: not measured$/);
});

test('a program gets the same, with nothing where nothing was measured', () => {
  const { measurements, targets: told } = asObject(results, judged);
  expect(measurements[0]?.figures).toMatchObject([
    { name: 'records_per_second', runs: [90, 110, 100], median: 100 },
    { name: 'syncs', runs: [], median: null, spread: null },
  ]);
  expect(measurements[2]).toMatchObject({ failed: 'it did not end', left_out: null });
  expect(measurements[3]).toMatchObject({ failed: null, left_out: 'it takes an hour' });
  expect(told[0]).toMatchObject({ value: 25, least: 20, met: true });
  expect(told.find(({ name }) => name === 'database_bytes')).toMatchObject({
    value: null,
    met: null,
  });
});

test.each([
  [0, '0'],
  [0.00123, '0.0012'],
  [0.256, '0.26'],
  [7.134, '7.13'],
  [45.67, '45.7'],
  [233_062.4, '233 062'],
  [1_234_567, '1 234 567'],
])('%d is shown as %s', (value, text) => {
  expect(shown(value)).toBe(text);
});
