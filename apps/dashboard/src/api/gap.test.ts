import { curveOf } from '@elmetron/storage';
import { expect, it } from 'vitest';
import { gapLimitMs } from './gap.js';

/** Whether storage breaks a curve of readings of this distance where one comes so much later. */
function isBroken(usualMs: number, distanceMs: number): boolean {
  const times = Array.from({ length: 50 }, (_, i) => i * usualMs);
  const last = times.at(-1) ?? 0;
  const readings = [...times, last + distanceMs, last + distanceMs + usualMs].map((at) => ({
    at,
    value: 1,
    unit: 'pH',
    temperature: null,
    temperatureUnit: '',
  }));
  const [series] = curveOf(readings, { points: 1_000 }).values;
  return series?.low.includes(null) ?? false;
}

it.each([12, 100, 500, 800])('readings every %d ms: missing after 2.5 s', (usual) => {
  expect(gapLimitMs(usual)).toBe(2_500);
  expect([isBroken(usual, 2_500), isBroken(usual, 2_501)]).toEqual([false, true]);
});

it.each([1_000, 5_000, 60_000])('readings every %d ms: missing after three of them', (usual) => {
  expect(gapLimitMs(usual)).toBe(3 * usual);
  // Storage knows the usual distance to 3 %.
  expect([isBroken(usual, 2.9 * usual), isBroken(usual, 3.1 * usual)]).toEqual([false, true]);
});

it('of an unknown distance the least', () => {
  expect(gapLimitMs(null)).toBe(2_500);
});
