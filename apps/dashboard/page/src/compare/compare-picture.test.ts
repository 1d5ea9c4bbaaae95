import { expect, test } from 'vitest';
import type { Curve } from '../../../src/api/readings.js';
import type { SessionRow } from '../../../src/api/sessions.js';
import { comparePicture, sharedQuantities, wholeTime } from './compare-picture.js';

const row = (uid: string, emulated = false): SessionRow => ({
  session_uid: uid,
  source: 'bench-1',
  model: null,
  serial: null,
  profile: null,
  emulated,
  started_at: null,
  ended_at: null,
  end_reason: null,
  measurement_count: 2,
  recovered_count: 0,
});

const curve = (unit: string, at: number[]): Curve => ({
  from: at[0]!,
  to: at.at(-1)!,
  readings: at.length,
  bucket_ms: 0,
  values: [{ unit, at, low: at.map(() => 7.25), high: null }],
  temperatures: [{ unit: '°C', at, low: at.map(() => 25), high: null }],
});

const sessions = [
  { row: row('a'), start: 1000, first: 1000, last: 6000 },
  { row: row('b', true), start: 500_000, first: 500_000, last: 509_000 },
  { row: row('c'), start: 900_000, first: 900_000, last: 901_000 },
];
const curves = [curve('pH', [1000, 6000]), curve('pH', [500_000, 509_000]), null];

test('every session begins at 0, keeps its look, and one emulated makes the whole picture so', () => {
  const picture = comparePicture({
    sessions,
    curves,
    names: ['A', 'B', 'C'],
    quantity: { kind: 'value', unit: 'pH' },
    view: wholeTime(sessions),
  });
  expect(picture).toMatchObject({ from: 0, to: 9000, origin: 'emulated', elapsed: true });
  expect(picture.lines).toMatchObject([
    { key: 'a', label: 'A', look: 0, decimals: 2, columns: { at: [0, 5000] } },
    { key: 'b', label: 'B', look: 1, decimals: 2, columns: { at: [0, 9000] } },
  ]);
});

test('the quantity that most of them have comes first, a temperature last', () => {
  const names = sharedQuantities([curve('mV', [0]), ...curves]).map(({ unit }) => unit);
  expect(names).toEqual(['pH', 'mV', '°C']);
});

test('a session whose clock was set back is aligned at its first reading all the same', () => {
  const back = { row: row('d'), start: 3_700_000, first: 100_000, last: 3_800_000 };
  const view = wholeTime([back]);
  expect(view).toEqual({ from: -3_600_000, to: 100_000 });
  const picture = comparePicture({
    sessions: [back],
    curves: [curve('pH', [100_000, 3_700_000, 3_800_000])],
    names: ['D'],
    quantity: { kind: 'value', unit: 'pH' },
    view,
  });
  expect(picture.lines[0]?.columns.at).toEqual([-3_600_000, 0, 100_000]);
});
