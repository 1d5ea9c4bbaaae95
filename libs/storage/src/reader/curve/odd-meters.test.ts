import { afterAll, beforeAll, expect, it } from 'vitest';
import { MadeDatabase, type MadeReading } from '../testing/made-readings.js';

const START = Date.UTC(2026, 2, 1, 8);

let database: MadeDatabase;
beforeAll(() => {
  database = new MadeDatabase();
});
afterAll(() => database.close());

async function curveOf(readings: readonly MadeReading[], points = 1_000) {
  return database.reader.curve(await database.record(readings), { points });
}
const each = (count: number, make: (i: number) => Partial<MadeReading>): MadeReading[] =>
  Array.from({ length: count }, (_, i) => ({ at: START + i * 1_000, value: i, ...make(i) }));

it('is empty for a session without readings, and for one that nobody knows', async () => {
  const nothing = { readings: 0, values: [], temperatures: [] };
  const session = await database.record([]);
  expect(database.reader.curve(session, { points: 10 })).toMatchObject(nothing);
  expect(database.reader.extent(session)).toBeUndefined();
  expect(database.reader.extent('unknown')).toBeUndefined();
  const request = { from: 5, to: 9, points: 10 };
  expect(database.reader.curve('unknown', request)).toMatchObject({ ...nothing, from: 5, to: 9 });
});

it('does not take what was never readable for a quantity', async () => {
  const curve = await curveOf(each(10, () => ({ value: null, unit: '', temperature: null })));
  expect(curve).toMatchObject({ readings: 10, values: [], temperatures: [] });
});

it('breaks no line of a quantity that is displayed every tenth second', async () => {
  const curve = await curveOf(each(200, (i) => ({ unit: i % 10 === 0 ? 'mV' : 'pH' })));
  const [millivolts, ph] = curve.values;
  expect(millivolts!.low).toHaveLength(20);
  expect(millivolts!.low).not.toContain(null);
  expect(ph!.low).not.toContain(null);
});

it('knows of two readings beside a gap what is usual from those around them', async () => {
  const session = await database.record([
    ...each(100, () => ({})),
    ...each(100, (i) => ({ at: START + 400_000 + i * 1_000 })),
  ]);
  const request = { from: START + 99_000, to: START + 400_000, points: 100 };
  expect(database.reader.curve(session, request).values[0]!.low).toEqual([99, null, 0]);
});

it('keeps two readings of one time', async () => {
  const curve = await curveOf([
    { at: START, value: 1 },
    { at: START, value: 2 },
  ]);
  expect(curve.values[0]).toMatchObject({ at: [START, START], low: [1, 2], high: null });
  expect(
    (
      await curveOf(
        each(3, () => ({ at: START })),
        2,
      )
    ).values[0],
  ).toMatchObject({
    at: [START],
    low: [0],
    high: [2],
  });
});

it('draws 64 units of a meter that makes up more, and counts the rest', async () => {
  for (const points of [1_000, 20]) {
    const curve = await curveOf(
      each(200, (i) => ({ unit: `u${i % 100}` })),
      points,
    );
    expect(curve.values).toHaveLength(64);
    expect(curve).toMatchObject({ readings: 200, leftOut: 72 });
  }
});
