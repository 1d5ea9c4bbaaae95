import { describe, expect, test } from 'vitest';
import type { Curve, LiveReading } from '../../../src/api/readings.js';
import { LiveCurve } from './live-curve.js';

const options = { windowMs: 600_000, points: 1000 };

const reading = (at: number, more: Partial<LiveReading> = {}): LiveReading => ({
  source: 'bench-1',
  session: 's',
  seq: at / 1000,
  at,
  elapsed_ms: at,
  value: 7,
  unit: 'pH',
  temperature: 25,
  temperature_unit: '°C',
  ...more,
});

const history = (unit: string, at: number[]): Curve => ({
  from: at[0] ?? 0,
  to: at.at(-1) ?? 0,
  readings: at.length,
  bucket_ms: 0,
  values: [{ unit, at, low: at.map(() => 6), high: null }],
  temperatures: [],
});

const keys = (curve: LiveCurve): string[] =>
  curve.quantities.map(({ kind, unit }) => `${kind}:${unit}`);

describe('the curves of a meter', () => {
  test('there is one for each unit and one for the temperature', () => {
    const curve = new LiveCurve(options);
    curve.append(reading(1000));
    curve.append(reading(2000, { unit: 'mV', value: -12.5 }));
    expect(keys(curve)).toEqual(['value:pH', 'temperature:°C', 'value:mV']);
    expect(curve.of('temperature:°C')?.length).toBe(2);
  });

  test('a meter without a temperature has none', () => {
    const curve = new LiveCurve(options);
    curve.append(reading(1000, { temperature: null, temperature_unit: '' }));
    expect(keys(curve)).toEqual(['value:pH']);
  });

  test('a reading that came while history was asked for is there once, and stays', () => {
    const curve = new LiveCurve(options);
    curve.append(reading(60_000));
    curve.append(reading(61_000));
    curve.replace(history('pH', [58_000, 59_000, 60_000]), options);
    expect(curve.of('value:pH')?.columns.at).toEqual([58_000, 59_000, 60_000, 61_000]);
  });

  test('a unit that came up after the answer was made stays', () => {
    const curve = new LiveCurve(options);
    curve.append(reading(61_000, { unit: 'mV' }));
    curve.replace(history('pH', [59_000, 60_000]), options);
    expect(keys(curve)).toContain('value:mV');
  });

  test('what is missed is filled, and another window is another window', () => {
    const curve = new LiveCurve(options);
    curve.intervalMs = 1000;
    curve.append(reading(1000));
    curve.append(reading(9000));
    curve.fill(history('pH', [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000]));
    expect(curve.of('value:pH')?.columns.low).toEqual([6, 6, 6, 6, 6, 6, 6, 6, 7]);
    curve.replace(history('pH', [9000]), { windowMs: 60_000, points: 1000 });
    expect(curve.windowMs).toBe(60_000);
  });

  test('a unit that has left the window is gone', () => {
    const curve = new LiveCurve(options);
    curve.append(reading(1000, { unit: 'mV' }));
    for (let at = 700_000; at < 710_000; at += 1000) curve.append(reading(at));
    curve.drop(1_200_000);
    expect(keys(curve).toSorted()).toEqual(['temperature:°C', 'value:pH']);
  });

  test('no peak is lost when the window is changed', () => {
    const curve = new LiveCurve({ windowMs: 60_000, points: 20 });
    for (let i = 0; i < 400; i++)
      curve.append(reading(1_000_000 + i * 1000, { value: i % 50 === 49 ? 100 : 1 }));
    expect(Math.max(...(curve.of('value:pH')?.columns.high ?? []).map(Number))).toBe(100);
    curve.replace(history('pH', [999_000]), { windowMs: 600_000, points: 20 });
    expect(Math.max(...(curve.of('value:pH')?.columns.high ?? []).map(Number))).toBe(100);
  });

  test('no peak is lost that one point has from before and after the end of the picture', () => {
    const curve = new LiveCurve({ windowMs: 60_000, points: 10 });
    for (let i = 0; i < 21; i++)
      curve.append(reading(1_200_000 + i * 1000, { value: i === 11 ? 100 : 1 }));
    expect(curve.of('value:pH')?.columns.at).toEqual([1_200_000, 1_212_000]);
    curve.replace(history('pH', [1_199_000, 1_205_000]), { windowMs: 60_000, points: 10 });
    expect(Math.max(...(curve.of('value:pH')?.columns.high ?? []).map(Number))).toBe(100);
  });

  test('a gap is what the database says is one', () => {
    const curve = new LiveCurve(options);
    curve.append(reading(8000));
    curve.replace(history('pH', [1000, 2000, 3000, 4000, 5000]), options);
    curve.append(reading(11_001));
    expect(curve.of('value:pH')?.columns.low).toEqual([6, 6, 6, 6, 6, 7, null, 7]);
  });
});
