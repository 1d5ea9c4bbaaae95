import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Columns, Sent } from './columns.js';
import { gather, LiveSeries } from './series.js';

const options = { windowMs: 600_000, points: 100 };
const GAP = 2500;

/** Readings that are a second apart, with values of 0 … 9. */
function raw(from: number, to: number): Sent {
  const at = [];
  for (let t = from; t <= to; t += 1000) at.push(t);
  return { at, low: at.map((t) => (t / 1000) % 10), high: null };
}

const values = ({ at, low }: Columns): number[] => at.filter((_, i) => low[i] !== null);

/** The times of the values on both sides of each break. */
function breaks({ at, low }: Columns): [number, number][] {
  return at.flatMap((_, i) =>
    low[i] === null ? [[at[i - 1] ?? NaN, at[i + 1] ?? NaN] as [number, number]] : [],
  );
}

describe('a series', () => {
  test('breaks the line where readings are missing, and where a value could not be read', () => {
    const series = new LiveSeries(options);
    series.append(1000, 1, GAP);
    series.append(2000, 2, GAP);
    series.append(9000, 3, GAP);
    series.append(10_000, null, GAP);
    series.append(11_000, 4, GAP);
    expect(series.columns.low).toEqual([1, 2, null, 3, null, 4]);
    expect(breaks(series.columns)[0]).toEqual([2000, 9000]);
  });

  test('takes a reading that comes again once, and one that comes late at its place', () => {
    const series = new LiveSeries(options);
    for (const at of [1000, 2000, 4000, 4000, 2000, 3000]) series.append(at, at, GAP);
    expect(series.columns.at).toEqual([1000, 2000, 3000, 4000]);
    expect(series.columns.low).toEqual([1000, 2000, 3000, 4000]);
  });

  test('lets go of what has left the window, but for the point that the line comes from', () => {
    const series = new LiveSeries({ windowMs: 100_000, points: 1000 });
    for (let t = 0; t <= 200_000; t += 1000) series.append(t, 1, GAP);
    series.drop(100_000);
    expect(series.columns.at[0]).toBe(99_000);
    series.drop(1e9);
    expect(series.length).toBe(0);
  });

  test('a picture of other fineness takes the place, with what came live after it', () => {
    const series = new LiveSeries(options);
    for (let t = 50_000; t <= 70_000; t += 1000) series.append(t, 1, GAP);
    series.replace(raw(0, 60_000), 0, GAP);
    expect(series.columns.at).toEqual(raw(0, 70_000).at);
    expect(breaks(series.columns)).toEqual([]);
  });

  test('a gap between a picture and what came live is a break', () => {
    const series = new LiveSeries(options);
    series.append(90_000, 1, GAP);
    series.replace(raw(0, 60_000), 0, GAP);
    expect(breaks(series.columns)).toEqual([[60_000, 90_000]]);
  });

  test('a picture of buckets joins what comes after it without a break', () => {
    const series = new LiveSeries(options);
    series.replace({ at: [0, 60_000], low: [1, 1], high: [2, 2] }, 60_000, GAP);
    series.append(120_500, 1, GAP);
    series.append(121_500, 1, GAP);
    expect(breaks(series.columns)).toEqual([]);
  });

  test('what was missed is filled in without losing what is not stored yet', () => {
    const series = new LiveSeries(options);
    for (let t = 0; t <= 10_000; t += 1000) series.append(t, 1, GAP);
    for (let t = 50_000; t <= 60_000; t += 1000) series.append(t, 1, GAP);
    expect(breaks(series.columns)).toEqual([[10_000, 50_000]]);
    series.fill(raw(5000, 40_000), 0, GAP);
    expect(values(series.columns)).toEqual([...raw(0, 40_000).at, ...raw(50_000, 60_000).at]);
    expect(breaks(series.columns)).toEqual([[40_000, 50_000]]);
  });

  test("what is not stored yet fills the history's gap", () => {
    const series = new LiveSeries(options);
    for (let t = 20_000; t <= 30_000; t += 1000) series.append(t, 1, GAP);
    series.fill({ at: [0, 25_000, 50_000], low: [1, null, 1], high: null }, 0, GAP);
    expect(breaks(series.columns)).toEqual([
      [0, 20_000],
      [30_000, 50_000],
    ]);
  });
});

describe('whatever comes in', () => {
  const reading = fc.record({
    at: fc.nat(3_000_000),
    value: fc.option(fc.integer({ min: -50, max: 50 }), { freq: 8 }),
  });

  test('times ascend, there are never more than twice the points, and no value is outside its neighbours', () => {
    fc.assert(
      fc.property(
        fc.array(reading, { maxLength: 400 }),
        fc.array(reading, { maxLength: 200 }),
        fc.integer({ min: 10, max: 60 }),
        (live, history, points) => {
          const series = new LiveSeries({ windowMs: 600_000, points });
          const half = live.length >> 1;
          for (const { at, value } of live.slice(0, half)) series.append(at, value, GAP);
          const sorted = history.toSorted((a, b) => a.at - b.at);
          const unique = sorted.filter(({ at }, i) => at !== sorted[i - 1]?.at);
          series.fill(
            { at: unique.map(({ at }) => at), low: unique.map(({ value }) => value), high: null },
            0,
            GAP,
          );
          for (const { at, value } of live.slice(half)) series.append(at, value, GAP);
          const { at, low, high } = series.columns;
          expect(series.length).toBeLessThanOrEqual(2 * points);
          expect(low.length).toBe(at.length);
          expect(high.length).toBe(at.length);
          for (let i = 1; i < at.length; i++) expect(at[i]!).toBeGreaterThan(at[i - 1]!);
          for (const [i, least] of low.entries()) {
            expect(least === null).toBe(high[i] === null);
            if (least !== null) expect(least).toBeLessThanOrEqual(high[i]!);
          }
        },
      ),
    );
  });

  test('two days stay bounded, keep their peak, and end with the last reading', () => {
    const series = new LiveSeries({ windowMs: 86_400_000, points: 300 });
    let longest = 0;
    const peak = 86_400_000 * 2 - 3_600_000;
    for (let t = 0; t <= 86_400_000 * 2; t += 1000) {
      series.append(t, t === peak ? 99 : t % 7, GAP);
      if (t % 60_000 === 0) series.drop(t - 86_400_000);
      longest = Math.max(longest, series.length);
    }
    expect(longest).toBeLessThanOrEqual(600);
    expect(Math.max(...series.columns.high.map((v) => v ?? -1))).toBe(99);
    expect(series.columns.at.at(-1)).toBeGreaterThan(86_400_000 * 2 - 600_000);
    expect(series.columns.at[1]).toBeGreaterThanOrEqual(86_400_000 - 6_000_000);
    expect(breaks(series.columns)).toEqual([]);
  });

  test('filling twice is filling once', () => {
    const some = fc.uniqueArray(fc.nat(600_000), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(some, some, (live, stored) => {
        const sent: Sent = {
          at: stored.toSorted((a, b) => a - b),
          low: stored.map(() => 1),
          high: null,
        };
        const series = new LiveSeries({ windowMs: 600_000, points: 1000 });
        for (const at of live.toSorted((a, b) => a - b)) series.append(at, 1, GAP);
        series.fill(sent, 0, GAP);
        const once = structuredClone(series.columns);
        series.fill(sent, 0, GAP);
        expect(series.columns).toEqual(once);
        expect(values(once)).toEqual([...new Set([...live, ...stored])].toSorted((a, b) => a - b));
      }),
    );
  });

  test('gathering keeps the least and the greatest of all', () => {
    const points = fc.array(fc.option(fc.integer({ min: -99, max: 99 })), { minLength: 1 });
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 9 }), (low, bucket) => {
        const columns = { at: low.map((_, i) => i), low, high: [...low] };
        const gathered = gather(columns, bucket);
        const seen = low.filter((v) => v !== null);
        const kept = [...gathered.low, ...gathered.high].filter((v) => v !== null);
        expect(Math.min(...kept)).toBe(Math.min(...seen));
        expect(Math.max(...kept)).toBe(Math.max(...seen));
        expect(gather(gathered, bucket)).toEqual(gathered);
        expect(gathered.at.length).toBeLessThanOrEqual(2 * (Math.floor(low.length / bucket) + 1));
      }),
    );
  });
});
