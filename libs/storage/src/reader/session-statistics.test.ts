import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MadeSession } from '../store/testing/made-session.js';
import { MadeDatabase, measurementOf, type MadeReading } from './testing/made-readings.js';

const START = Date.UTC(2026, 2, 1, 8);

let database: MadeDatabase;
beforeAll(() => {
  database = new MadeDatabase();
});
afterAll(() => database.close());

const readings = (values: readonly (number | null)[]): MadeReading[] =>
  values.map((value, i) => ({ at: START + i * 1_000, value }));
const unitOf = async (values: readonly (number | null)[]) =>
  database.reader.statistics(await database.record(readings(values))).units[0]!;

describe('standard deviation', () => {
  it.each([
    ['of small numbers', [2, 4, 4, 4, 5, 5, 7, 9], Math.sqrt(32 / 7)],
    ['of large ones that differ little', [1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16], Math.sqrt(30)],
    ['of ones that do not differ', [1e9 + 0.1, 1e9 + 0.1, 1e9 + 0.1], 0],
    ['of two', [-1, 1], Math.SQRT2],
  ])('%s', async (_, values, expected) => {
    expect((await unitOf(values)).standard_deviation).toBeCloseTo(expected, 9);
  });

  it('of a value of 1e9 with a little noise, as two passes would have it', async () => {
    const noise = fc.integer({ min: -1_000, max: 1_000 }).map((steps) => steps / 1_024);
    await fc.assert(
      fc.asyncProperty(fc.array(noise, { minLength: 2, maxLength: 200 }), async (all) => {
        const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
        const squares = all.reduce((sum, one) => sum + (one - mean) ** 2, 0);
        const found = await unitOf(all.map((one) => 1e9 + one));
        expect(found.standard_deviation).toBeCloseTo(Math.sqrt(squares / (all.length - 1)), 6);
        expect(found.mean! - 1e9).toBeCloseTo(mean, 6);
      }),
      { numRuns: 30 },
    );
  });

  it('is not known of a single value, nor of none', async () => {
    expect(await unitOf([5, null])).toMatchObject({ mean: 5, standard_deviation: null });
    expect(await unitOf([null])).toMatchObject({
      measurements: 1,
      without_value: 1,
      least: null,
      greatest: null,
      mean: null,
      standard_deviation: null,
    });
  });
});

it('has the unit with the most measurements first, and when it was seen whatever the clock did', async () => {
  const session = await database.record([
    { at: START + 5_000, value: 1, unit: 'mV' },
    { at: START + 9_000, value: 1, unit: 'pH' },
    { at: START + 1_000, value: 3, unit: 'mV' },
  ]);
  expect(database.reader.statistics(session).units).toEqual([
    {
      unit: 'mV',
      measurements: 2,
      without_value: 0,
      least: 1,
      greatest: 3,
      mean: 2,
      standard_deviation: Math.SQRT2,
      first_at: '2026-03-01T08:00:01.000Z',
      last_at: '2026-03-01T08:00:05.000Z',
    },
    expect.objectContaining({ unit: 'pH', measurements: 1 }),
  ]);
});

describe('what a recovery brought', () => {
  const made = (): [
    MadeSession,
    (from: number, to: number) => ReturnType<typeof measurementOf>[],
  ] => {
    const session = new MadeSession();
    const all = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) =>
        measurementOf(session, from + i, { at: START + (from + i) * 1_000, value: 1 }),
      );
    return [session, all];
  };

  it('is there stretch by stretch, and counted anew when more has come', async () => {
    const [session, measurements] = made();
    await database.add(session, [session.start(), ...measurements(1, 10)]);
    await database.add(session, measurements(10, 20), true);
    await database.add(session, measurements(30, 40));
    const { reader } = database;
    const first = { from: START + 10_000, to: START + 19_000, measurements: 10 };
    expect(reader.statistics(session.session).recovered).toEqual([first]);
    expect(reader.statistics(session.session)).toBe(reader.statistics(session.session));
    await database.add(session, measurements(25, 30), true);
    expect(reader.statistics(session.session).recovered).toEqual([
      { from: START + 10_000, to: START + 29_000, measurements: 15 },
    ]);
    await database.add(session, measurements(20, 25));
    expect(reader.statistics(session.session).recovered).toEqual([
      first,
      { from: START + 25_000, to: START + 29_000, measurements: 5 },
    ]);
  });

  it('is told in a thousand stretches at most, with nothing left out', async () => {
    const [session, measurements] = made();
    const all = measurements(1, 7_001);
    await database.add(session, [session.start(), ...all.filter((_, i) => i % 2 === 0)], true);
    await database.add(
      session,
      all.filter((_, i) => i % 2 === 1),
    );
    const { recovered } = database.reader.statistics(session.session);
    expect(recovered.length).toBeGreaterThan(500);
    expect(recovered.length).toBeLessThanOrEqual(1_000);
    expect(recovered.reduce((sum, stretch) => sum + stretch.measurements, 0)).toBe(3_500);
    expect(recovered[0]!.from).toBe(START + 1_000);
    expect(recovered.at(-1)!.to).toBe(START + 6_999_000);
    expect(
      recovered.every(({ from, to }, i) => i === 0 || (from > recovered[i - 1]!.to && to >= from)),
    ).toBe(true);
  });
});
