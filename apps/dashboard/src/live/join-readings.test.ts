import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Curve, LiveReading } from '../api/readings.js';
import { LATER_SESSION, madeReading as reading } from '../testing/made-records.js';
import { BEGAN } from '../testing/owned-clock.js';
import { joinReadings } from './join-readings.js';
import { Ring } from './ring.js';

const GAP_MS = 3_000;

function nothing(bucket_ms = 0): Curve {
  return { from: BEGAN, to: BEGAN, readings: 0, bucket_ms, values: [], temperatures: [] };
}

const curveOf = (readings: readonly LiveReading[], bucket_ms = 0) =>
  joinReadings(nothing(bucket_ms), readings, GAP_MS);

/** Every reading with a value, as the curve has it. */
function points({ values }: Curve): [unit: string, at: number, value: number][] {
  return values.flatMap(({ unit, at, low }) =>
    low.flatMap((value, i): [string, number, number][] =>
      value === null ? [] : [[unit, at[i] ?? 0, value]],
    ),
  );
}

/**
 * Readings of some sessions, each with numbers that ascend, as a meter sends them. Now and then the clock is set back,
 * so that times do not, nor the names of sessions.
 */
const recorded = fc
  .array(
    fc.record({
      wait: fc.oneof(
        { weight: 9, arbitrary: fc.integer({ min: 1, max: 10_000 }) },
        { weight: 1, arbitrary: fc.integer({ min: -20_000, max: -1 }) },
      ),
      skip: fc.integer({ min: 1, max: 3 }),
      next: fc.integer({ min: 0, max: 9 }),
      unit: fc.constantFrom('pH', 'pH', 'mV'),
      value: fc.option(fc.integer({ min: -100, max: 100 }), { freq: 9 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    let [at, seq, session] = [BEGAN, 0, 0];
    return steps.map(({ wait, skip, next, unit, value }) => {
      at += wait;
      if (next === 0) [session, seq] = [session + 1, 0];
      seq += skip;
      return reading(seq, {
        at,
        session: `session-${100 - session}`,
        unit,
        value,
        temperature: null,
      });
    });
  });

/** The last of each session, in whatever order. */
function endsOf(stored: readonly LiveReading[]) {
  const ends = new Map(stored.map(({ session, seq }) => [session, seq]));
  return [...ends].map(([session, seq]) => ({ session, seq })).sort((a, b) => a.seq - b.seq);
}

describe('what is stored and what is not yet', () => {
  it('wherever the one ends and the other begins: none twice, none missing', () => {
    fc.assert(
      fc.property(recorded, fc.nat(), fc.nat(), (all, a, b) => {
        // The database ends anywhere, and the ring reaches back beyond that, or over all of it.
        const stored = all.slice(0, a % (all.length + 1));
        const ring = new Ring();
        for (const one of all.slice(b % (stored.length + 1))) ring.add(one);
        const joined = joinReadings(curveOf(stored), ring.after(endsOf(stored)), GAP_MS);
        expect(joined).toEqual(curveOf(all));
        expect(joined.readings).toBe(all.length);
        const expected = all.filter(({ value }) => value !== null);
        expect(points(joined)).toHaveLength(expected.length);
        for (const { unit, at, value } of expected)
          expect(points(joined)).toContainEqual([unit, at, value]);
      }),
    );
  });

  it('condensed: each reading lies within its point, and times ascend', () => {
    fc.assert(
      fc.property(recorded, fc.nat(), fc.integer({ min: 100, max: 20_000 }), (all, a, width) => {
        const stored = all.slice(0, a % (all.length + 1));
        const joined = joinReadings(curveOf(stored, width), all.slice(stored.length), GAP_MS);
        for (const { unit, at, low, high } of joined.values) {
          expect([...at].sort((x, y) => x - y)).toEqual(at);
          expect(high).toHaveLength(at.length);
          for (const { at: time, value } of all.filter((one) => one.unit === unit)) {
            if (value === null) continue;
            const near = at.filter(
              (point, i) =>
                Math.abs(point - time) <= width && low[i]! <= value && high![i]! >= value,
            );
            expect(near.length).toBeGreaterThan(0);
          }
        }
      }),
    );
  });
});

describe('a gap', () => {
  it('stands between, where one is', () => {
    const curve = joinReadings(curveOf([reading(1), reading(2)]), [reading(9)], GAP_MS);
    expect(curve.values).toMatchObject([
      {
        at: [1_000, 2_000, 5_500, 9_000].map((ms) => BEGAN + ms),
        low: [0.01, 0.02, null, 0.09],
        high: null,
      },
    ]);
  });

  it('is none where another session follows at once', () => {
    const next = reading(1, { session: LATER_SESSION, at: BEGAN + 3_000 });
    const curve = joinReadings(curveOf([reading(1), reading(2)]), [next], GAP_MS);
    expect(curve.values[0]?.low).toEqual([0.01, 0.02, 0.01]);
  });

  it('is where a display had no number', () => {
    const curve = curveOf([reading(1), reading(2, { value: null }), reading(3)]);
    expect(curve.values[0]?.low).toEqual([0.01, null, 0.03]);
    // A unit without a single number draws nothing.
    expect(curveOf([reading(1, { value: null })]).values).toEqual([]);
  });
});

it('a point is widened by what falls into it', () => {
  const stored: Curve = {
    ...nothing(10_000),
    readings: 2,
    to: BEGAN + 2_000,
    values: [{ unit: 'pH', at: [BEGAN + 1_500], low: [0.01], high: [0.02] }],
  };
  const curve = joinReadings(stored, [reading(3), reading(12)], GAP_MS);
  expect(curve.values).toEqual([
    { unit: 'pH', at: [BEGAN + 1_500, BEGAN + 12_000], low: [0.01, 0.12], high: [0.03, 0.12] },
  ]);
  expect([curve.readings, curve.to]).toEqual([4, BEGAN + 12_000]);
  expect(stored.values[0]?.high).toEqual([0.02]);
});

describe('a clock that was set back', () => {
  it('puts readings where their time is, and leaves none out', () => {
    const back = [reading(3, { at: BEGAN + 500 }), reading(4, { at: BEGAN + 1_500 }), reading(5)];
    const curve = joinReadings(curveOf([reading(1), reading(2)]), back, GAP_MS);
    expect(curve.values[0]).toMatchObject({
      at: [500, 1_000, 1_500, 2_000, 5_000].map((ms) => BEGAN + ms),
      low: [0.03, 0.01, 0.04, 0.02, 0.05],
    });
    expect(curve.readings).toBe(5);
  });

  it('widens the point of that time', () => {
    const stored = curveOf([reading(1), reading(2), reading(15)], 10_000);
    const curve = joinReadings(stored, [reading(16, { at: BEGAN + 1_500 })], GAP_MS);
    expect(curve.values[0]).toMatchObject({
      at: [BEGAN + 1_000, BEGAN + 8_000, BEGAN + 15_000],
      low: [0.01, null, 0.15],
      high: [0.16, null, 0.15],
    });
  });

  it('by more than the curve is long begins it earlier', () => {
    const curve = joinReadings(
      { ...curveOf([reading(100)]), from: BEGAN + 100_000, to: BEGAN + 100_000 },
      [reading(101, { at: BEGAN })],
      GAP_MS,
    );
    expect([curve.from, curve.to, curve.readings]).toEqual([BEGAN, BEGAN + 100_000, 2]);
  });
});
