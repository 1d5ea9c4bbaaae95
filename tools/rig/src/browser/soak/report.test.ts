import { expect, test } from 'vitest';
import type { Sample } from './probe.js';
import { table, verdict } from './report.js';

/** An hour of looks. `at`: from 0 to 1. */
function hour(of: (at: number) => Partial<Sample> = () => ({})): Sample[] {
  return Array.from({ length: 120 }, (_, i) => ({
    at: i * 30,
    heapMiB: 12,
    nodes: 1_500,
    listeners: 200,
    serverMiB: 120,
    serverCpu: 3,
    longTasks: 0,
    longestTaskMs: 0,
    frameP99Ms: 17,
    longestFrameMs: 34,
    readings: 30,
    delayP50Ms: 20,
    delayP99Ms: 60,
    longestDelayMs: 70,
    ...of(i / 119),
  }));
}

test('an hour that stays as it is is good', () => {
  expect(verdict(hour())).toEqual([]);
});

test.each<[string, (at: number) => Partial<Sample>]>([
  ['heap', (at) => ({ heapMiB: 12 + 10 * at })],
  ['nodes', (at) => ({ nodes: 1_500 * (1 + at) })],
  ['server', (at) => ({ serverMiB: 120 + 60 * at })],
  ['frames', (at) => ({ frameP99Ms: 17 + 80 * at })],
  ['screen', (at) => ({ delayP99Ms: 60 + 300 * at })],
  ['screen', () => ({ delayP50Ms: 260 })],
  ['screen', () => ({ delayP50Ms: NaN })],
])('one in which the %s gets worse is not', (name, of) => {
  expect(verdict(hour(of)).join('\n')).toContain(name);
});

test('what fills up at the beginning is no growth', () => {
  expect(verdict(hour((at) => ({ heapMiB: at < 0.15 ? 5 : 12 })))).toEqual([]);
});

test('the table has start, middle, end and the worst', () => {
  const rows = table(hour((at) => ({ heapMiB: 10 + 10 * at }))).split('\n');
  expect(rows.find((row) => row.startsWith('| heap'))).toMatch(
    /\| 12\.\d \| 16\.\d \| 19\.\d \| 20\.0 \|$/,
  );
});
