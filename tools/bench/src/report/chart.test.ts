import { expect, test } from 'vitest';
import type { Measured } from '../run-measurements.js';
import { chart } from './chart.js';
import { ticks } from './axis.js';

const measured: Measured[] = [
  {
    name: 'baseline',
    title: '',
    figures: [{ name: 'records_per_second', title: '', unit: 'records/s', runs: [1000] }],
  },
  {
    name: 'end-to-end',
    title: '',
    figures: [
      { name: 'records_per_second', title: '', unit: 'records/s', runs: [20_000, 25_000, 21_000] },
    ],
  },
  {
    name: 'latency',
    title: '',
    figures: [
      { name: 'disk_sync_p50', title: '', unit: 'ms', runs: [0.5] },
      { name: 'p50_80hz', title: '', unit: 'ms', runs: [2] },
      { name: 'p999_80hz', title: '', unit: 'ms', runs: [] },
    ],
  },
];

function bars(svg: string): number[] {
  return [...svg.matchAll(/<rect [^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
}

test('draws each figure that was measured, by its median, with its ratio and unit', () => {
  const svg = chart(measured);
  expect(bars(svg)).toHaveLength(4);
  expect(svg).toContain('21 000  (21 × base line)');
  expect(svg).toContain('2  (4 × sync)');
  expect(svg).toContain('readings a second');
  expect(svg).toContain('milliseconds');
  expect(svg).not.toContain('p99.9');
});

test("a bar's length is in proportion, and none leaves its panel", () => {
  const [base = NaN, ours = NaN] = bars(chart(measured));
  expect(ours / base).toBeCloseTo(21, 0);
  expect(Math.max(...bars(chart(measured)))).toBeLessThanOrEqual(760 - 210 - 170);
});

test('is well formed, and has no figure that is none', () => {
  const svg = chart(measured);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  const opened = [...svg.matchAll(/<(\w+)(?:\s[^>]*[^/])?>/g)].map(([, tag]) => tag).sort();
  const closed = [...svg.matchAll(/<\/(\w+)>/g)].map(([, tag]) => tag).sort();
  expect(opened).toEqual(closed);
});

test('a chart of nothing says so', () => {
  expect(chart([])).toContain('Nothing was measured.');
});

test.each([
  [233_062, [0, 50_000, 100_000, 150_000, 200_000, 250_000]],
  [0.3, [0, 0.1, 0.2, 0.3]],
  [10, [0, 2, 4, 6, 8, 10]],
  [1, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [0, [0, 1]],
])('an axis to %d has round marks', (most, marks) => {
  expect(ticks(most)).toEqual(marks);
});
