import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Measurement } from '@elmetron/protocol';
import { MadeSession } from '../../store/testing/made-session.js';
import { curveOf } from '../testing/curve-of.js';
import { MadeDatabase, measurementOf, type MadeReading } from '../testing/made-readings.js';
import type { Curve, SeriesOfUnit } from './curve.js';

const START = Date.UTC(2026, 2, 1, 8);

let database: MadeDatabase;
beforeAll(() => {
  database = new MadeDatabase();
});
afterAll(() => database.close());

const asMade = ({ captured_at, decoded }: Measurement): MadeReading => {
  return { at: Date.parse(captured_at), value: decoded.value, unit: decoded.unit };
};

/** A step of the clock from one reading to the next: as a rule a second, and all that may happen instead. */
const step = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 950, max: 1_050 }) },
  { weight: 2, arbitrary: fc.integer({ min: 2_000, max: 60_000 }) },
  { weight: 1, arbitrary: fc.integer({ min: -90_000, max: 0 }) },
);
// A minus before a zero is lost on the way, as it is in JSON.
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((given) => given + 0);
const value = fc.oneof(
  { weight: 9, arbitrary: number },
  { weight: 1, arbitrary: fc.constant(null) },
);
const reading = fc.record({
  step,
  value,
  unit: fc.constantFrom('pH', 'pH', 'pH', 'mV'),
  temperature: value,
});
const readings = fc.array(reading, { minLength: 1, maxLength: 120 }).map((all) => {
  let at = START;
  return all.map((one): MadeReading => ({ ...one, at: (at += one.step) }));
});

/** What a series is made of, the slow way: [time, value] by time. */
function plain(all: readonly MadeReading[], unit: string): [at: number, value: number | null][] {
  return all
    .filter((one) => (one.unit ?? 'pH') === unit)
    .map((one): [number, number | null] => [one.at, one.value])
    .sort(([a], [b]) => a - b);
}

/** From where on there is a gap, the slow way. */
function gapMs(all: readonly MadeReading[], unit: string): number {
  const times = all.filter((one) => (one.unit ?? 'pH') === unit).map(({ at }) => at);
  const steps = times
    .flatMap((at, i) => (i === 0 ? [] : [at - times[i - 1]!]))
    .filter((ms) => ms > 0)
    .sort((a, b) => a - b);
  return Math.max(2_500, 3 * (steps[Math.ceil(steps.length / 2) - 1] ?? 0));
}

/** Distances are counted in steps of 3 %: what is so near to a gap may be one or not. */
const NEAR = 0.04;

type Point = readonly [at: number, low: number | null, high: number | null];

function pointsOf({ at, low, high }: SeriesOfUnit): Point[] {
  expect([low.length, high?.length ?? at.length]).toEqual([at.length, at.length]);
  return at.map((time, i): Point => [time, low[i]!, high === null ? low[i]! : high[i]!]);
}

function ascends(times: readonly number[], strictly: boolean): boolean {
  return times.every((at, i) => i === 0 || (strictly ? at > times[i - 1]! : at >= times[i - 1]!));
}

/** With every reading: those that are there, in their order, and where a break stands between two. */
function expectEveryReading(series: SeriesOfUnit, all: readonly MadeReading[], curve: Curve): void {
  const gap = gapMs(all, series.unit);
  const expected = plain(all, series.unit).filter(([at]) => at >= curve.from && at <= curve.to);
  expect(series.high).toBeNull();
  expect(ascends(series.at, false)).toBe(true);
  const points = pointsOf(series).map(([at, low]) => [at, low] as const);
  let next = 0;
  for (const [i, [at, low]] of expected.entries()) {
    const [before, lowBefore] = expected[i - 1] ?? [at, null];
    const isBreak = points[next]?.[1] === null && points[next]?.[0] !== at;
    const drawn = low !== null && lowBefore !== null;
    if (drawn && at - before > gap * (1 + NEAR)) expect(isBreak).toBe(true);
    if (!drawn || at - before < gap * (1 - NEAR)) expect(isBreak).toBe(false);
    if (isBreak) {
      expect(points[next]![0]).toBeGreaterThan(before);
      expect(points[next]![0]).toBeLessThan(at);
      next++;
    }
    expect(points[next++]).toEqual([at, low]);
  }
  expect(next).toBe(points.length);
}

/** Condensed: of each bucket with a value its lowest and highest, and where a break stands between two. */
function expectExtremes(series: SeriesOfUnit, all: readonly MadeReading[], curve: Curve): void {
  const gap = gapMs(all, series.unit);
  const inside = plain(all, series.unit).filter(([at]) => at >= curve.from && at <= curve.to);
  const groups = new Map<number, [number, number][]>();
  for (const [at, given] of inside) {
    if (given === null) continue;
    const index = Math.floor((at - curve.from) / curve.bucketMs);
    groups.set(index, [...(groups.get(index) ?? []), [at, given]]);
  }
  const points = pointsOf(series);
  expect(ascends(series.at, true)).toBe(true);
  let next = 0;
  let before: number | undefined;
  for (const group of groups.values()) {
    const times = group.map(([at]) => at);
    const values = group.map(([, given]) => given);
    const [first, last] = [Math.min(...times), Math.max(...times)];
    const isBreak = points[next]?.[1] === null;
    if (before === undefined) {
      expect(isBreak).toBe(false);
    } else {
      const from = before;
      const unreadable = inside.some(([at, given]) => given === null && at > from && at < first);
      if (unreadable || first - from > gap * (1 + NEAR)) expect(isBreak).toBe(true);
      else if (first - from < gap * (1 - NEAR)) expect(isBreak).toBe(false);
    }
    if (isBreak) {
      expect(points[next]![2]).toBeNull();
      expect(points[next]![0]).toBeGreaterThan(before!);
      expect(points[next]![0]).toBeLessThan(first);
      next++;
    }
    const [at, low, high] = points[next++]!;
    expect([low, high]).toEqual([Math.min(...values), Math.max(...values)]);
    expect(at).toBeGreaterThanOrEqual(first);
    expect(at).toBeLessThanOrEqual(last);
    before = last;
  }
  expect(next).toBe(points.length);
}

function expectCurve(curve: Curve, all: readonly MadeReading[], points: number): void {
  const inside = (of: readonly MadeReading[]) =>
    of.filter(({ at }) => at >= curve.from && at <= curve.to);
  expect(curve.readings).toBe(inside(all).length);
  expect(curve.bucketMs > 0).toBe(curve.readings > points);
  expect(curve.bucketMs).toBe(Math.trunc(curve.bucketMs));
  const temperatures = all.map(({ at, temperature = 20 }): MadeReading => {
    return { at, unit: '°C', value: temperature };
  });
  for (const [series, made] of [
    [curve.values, all],
    [curve.temperatures, temperatures],
  ] as const) {
    const units = inside(made).flatMap(({ value, unit }) => (value === null ? [] : (unit ?? 'pH')));
    expect(series.map(({ unit }) => unit).sort()).toEqual([...new Set(units)].sort());
    for (const one of series) {
      if (curve.bucketMs === 0) expectEveryReading(one, made, curve);
      else {
        expectExtremes(one, made, curve);
        expect(one.low.filter((low) => low !== null).length).toBeLessThanOrEqual(points);
      }
    }
  }
}

describe('of readings as they may come', () => {
  it('gives every one when there are no more than points', async () => {
    await fc.assert(
      fc.asyncProperty(readings, async (all) => {
        const session = await database.record(all);
        const curve = database.reader.curve(session, { points: all.length });
        expectCurve(curve, all, all.length);
        expect(curveOf(all, { points: all.length })).toEqual(curve);
      }),
      { numRuns: 60 },
    );
  });

  it('otherwise loses no extreme, and breaks the line where readings or values are missing', async () => {
    await fc.assert(
      fc.asyncProperty(readings, fc.integer({ min: 1, max: 40 }), async (all, points) => {
        const session = await database.record(all);
        const curve = database.reader.curve(session, { points });
        const times = all.map(({ at }) => at);
        expect([curve.from, curve.to]).toEqual([Math.min(...times), Math.max(...times)]);
        expectCurve(curve, all, points);
      }),
      { numRuns: 100 },
    );
  });

  it('gives the part that is asked for, and no more than there is', async () => {
    const edge = fc.integer({ min: START - 30_000, max: START + 150_000 });
    await fc.assert(
      fc.asyncProperty(
        readings,
        fc.tuple(edge, edge).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
        fc.integer({ min: 1, max: 60 }),
        async (all, [from, to], points) => {
          const session = await database.record(all);
          const curve = database.reader.curve(session, { from, to, points });
          expect(curve.from).toBeGreaterThanOrEqual(from);
          expect(curve.to).toBeLessThanOrEqual(to);
          expect(curve.readings).toBe(all.filter(({ at }) => at >= from && at <= to).length);
          expectCurve(curve, all, points);
          expect(curveOf(all, { from, to, points })).toEqual(curve);
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** Many readings, more than are looked at in one go. */
function many(count: number, time: (i: number) => number): MadeReading[] {
  return Array.from({ length: count }, (_, i) => {
    return { at: START + time(i), value: Math.sin(i / 500) + (i % 7) / 10 };
  });
}

describe('of a session of many blocks', () => {
  // At 9,000 the clock is set back by an hour and 20 minutes.
  const all = many(14_000, (i) => i * 1_000 - (i < 9_000 ? 0 : 4_800_000));
  const spike = all.map((one, i) => (i === 5_555 ? { ...one, value: 99 } : one));
  let session: string;
  beforeAll(async () => {
    session = await database.record(spike, true);
  });

  it('loses none of its readings to a clock that was set back', () => {
    for (const points of [100, 1_500, 20_000]) {
      expectCurve(database.reader.curve(session, { points }), spike, points);
    }
  });

  it.each([
    [5_000_000, 6_000_000],
    [3_600_000, 9_300_000],
    [0, 1_000],
    [8_999_000, 8_999_000],
  ])('gives %d to %d ms of it whole', (from, to) => {
    for (const points of [50, 5_000]) {
      const request = { from: START + from, to: START + to, points };
      const curve = database.reader.curve(session, request);
      const inside = spike.filter(({ at }) => at >= request.from && at <= request.to);
      expect(curve.readings).toBe(inside.length);
      expectCurve(curve, spike, points);
    }
  });

  it('has the same curve for whoever asks again', () => {
    const request = { points: 100 };
    const { reader } = database;
    expect(reader.curve(session, request)).toBe(reader.curve(session, request));
  });
});

describe('of a session that goes on', () => {
  const readings = many(9_000, (i) => i * 1_000);
  const made = new MadeSession();
  const of = (from: number, to: number) =>
    readings.slice(from, to).map((reading, i) => measurementOf(made, from + i + 1, reading));

  it('has what came since, and what a recovery brought between', async () => {
    const { reader } = database;
    const curve = (from: number, to: number) =>
      reader.curve(made.session, { from: START + from, to: START + to, points: 10_000 }).readings;
    await database.add(made, [made.start(), ...of(0, 4_200), ...of(4_300, 8_000)]);
    expect(reader.extent(made.session)).toEqual({ first: START, last: START + 7_999_000 });
    expect(curve(4_000_000, 4_499_000)).toBe(400);
    await database.add(made, of(8_000, 9_000));
    expect(reader.extent(made.session)?.last).toBe(START + 8_999_000);
    expect(curve(7_900_000, 8_099_000)).toBe(200);
    // With the times of a clock that ran a day behind, among others that have been looked at.
    const late = readings.slice(4_200, 4_300).map((reading, i) => {
      return measurementOf(made, 4_201 + i, { ...reading, at: reading.at - 86_400_000 });
    });
    await database.add(made, late, true);
    expect(reader.extent(made.session)?.first).toBe(START + 4_200_000 - 86_400_000);
    expect(curve(-86_400_000, -1)).toBe(100);
    expectCurve(
      reader.curve(made.session, { points: 500 }),
      [...readings.slice(0, 4_200), ...late.map(asMade), ...readings.slice(4_300)],
      500,
    );
  });
});
