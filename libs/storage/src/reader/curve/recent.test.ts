import { afterEach, beforeEach, expect, it } from 'vitest';
import { MadeSession } from '../../store/testing/made-session.js';
import { MadeDatabase, measurementOf } from '../testing/made-readings.js';

const START = Date.UTC(2026, 2, 1, 8);

let database: MadeDatabase;
beforeEach(() => {
  database = new MadeDatabase();
});
afterEach(() => database.close());

const seconds = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => START + (from + i) * 1_000);

/** A session of these times, with values that say when. */
async function session(times: readonly number[], source = 'bench-1', over = true) {
  const made = new MadeSession();
  await database.add(made, [
    made.start({ source, started_at: new Date(times[0]!).toISOString() }),
    ...times.map((at, i) => measurementOf(made, i + 1, { at, value: (at - START) / 1_000 })),
    ...(over ? [made.end(times.length + 1)] : []),
  ]);
  return made;
}

const recent = (from: number, points = 10_000) =>
  database.reader.recent('bench-1', START + from * 1_000, points);

it('goes over all sessions of the source, with a gap between two shown as one', async () => {
  const sessions = [
    await session(seconds(0, 100)),
    await session(seconds(200, 300)),
    await session(seconds(300, 400), 'bench-1', false),
  ];
  await session(seconds(0, 400), 'bench-2', false);
  const curve = recent(50);
  expect(curve).toMatchObject({
    from: START + 50_000,
    to: START + 399_000,
    readings: 250,
    bucketMs: 0,
  });
  expect(curve.ends).toEqual(sessions.map(({ session: uid }) => ({ session: uid, seq: 100 })));
  const [series] = curve.values;
  const values = seconds(0, 400).map((_, i) => i);
  expect(series!.low).toEqual([...values.slice(50, 100), null, ...values.slice(200)]);
  expect(recent(0, 40).values[0]!.low.filter((low) => low === null)).toHaveLength(1);
});

it('is nothing when nothing was measured since', async () => {
  await session(seconds(0, 100));
  expect(recent(100)).toEqual({
    from: START + 100_000,
    to: START + 100_000,
    readings: 0,
    bucketMs: 0,
    values: [],
    temperatures: [],
    leftOut: 0,
    ends: [],
  });
  expect(database.reader.recent('nobody', START, 100).readings).toBe(0);
});

it('finds what lies thousands of readings back, and begins with what there is', async () => {
  await session(seconds(0, 10_000), 'bench-1', false);
  expect(recent(1_000)).toMatchObject({ readings: 9_000, from: START + 1_000_000 });
  expect(recent(-500)).toMatchObject({ readings: 10_000, from: START });
});

it('has the readings from before a clock was set back', async () => {
  const times = [...seconds(1_000, 2_000), ...seconds(500, 600)];
  await session(times, 'bench-1', false);
  const curve = recent(550);
  expect(curve.readings).toBe(1_050);
  expect(curve.to).toBe(START + 1_999_000);
});

it.each([10_000, 100])(
  'has the gaps of each session by how often that one was read, %d points',
  async (points) => {
    const every = (step: number, from: number, count: number) =>
      Array.from({ length: count }, (_, i) => START + from + i * step);
    const breaks = () => {
      const { at, low } = recent(0, points).values[0]!;
      return at.filter((_, i) => low[i] === null);
    };
    // Many readings a second apart must not make each of ten seconds a gap ...
    await session(every(1_000, 0, 500));
    await session(every(10_000, 500_000, 50));
    expect(breaks()).toEqual([]);
    // ... and many of ten seconds not a line of what was missed at one a second.
    await session(every(10_000, 1_000_000, 800));
    const times = [...every(1_000, 9_000_000, 20), ...every(1_000, 9_045_000, 20)];
    await session(times, 'bench-1', false);
    expect(breaks()).toEqual(points === 100 ? [] : [START + 9_032_000]);
  },
);
