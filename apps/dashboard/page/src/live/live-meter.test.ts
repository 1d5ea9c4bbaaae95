import { describe, expect, test } from 'vitest';
import type { Meter } from '../../../src/api/live.js';
import type { LiveReading } from '../../../src/api/readings.js';
import { Failure } from '../api/failure.js';
import type { HistoryOf } from './history.js';
import { LiveMeter } from './live-meter.js';

const reading = (seq: number, more: Partial<LiveReading> = {}): LiveReading => ({
  source: 'bench-1',
  session: 's1',
  seq,
  at: 1_000_000 + seq * 1000,
  elapsed_ms: seq * 1000,
  value: 7.25,
  unit: 'pH',
  temperature: 25,
  temperature_unit: '°C',
  ...more,
});

const about = (more: Partial<Meter> = {}): Meter => ({
  source: 'bench-1',
  bench: 'app',
  model: 'CX-505',
  serial: 'EMU00001',
  port: null,
  profile: null,
  session: 's1',
  session_started_at: null,
  emulated: true,
  recording: { state: 'recording', message: '' },
  reasons: [],
  waiting: 0,
  last_reading: null,
  interval_ms: 1000,
  ...more,
});

/** Its history is answered by hand. */
function meterWith(first = about()) {
  const asked: {
    seconds: number;
    signal: AbortSignal;
    answer: (history: HistoryOf) => void;
    fail: (error: Error) => void;
  }[] = [];
  const history = {
    of: (_: string, { seconds }: { seconds: number }, signal: AbortSignal) =>
      new Promise<HistoryOf>((answer, fail) => asked.push({ seconds, signal, answer, fail })),
  };
  return { meter: new LiveMeter(first, history, () => 1_010_000), asked };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const wish = { seconds: 600, points: 100, marks: false };

const answer = (at: number[]): HistoryOf => ({
  curve: {
    from: at[0] ?? 0,
    to: at.at(-1) ?? 0,
    readings: at.length,
    bucket_ms: 0,
    values: [{ unit: 'pH', at, low: at.map(() => 7.125), high: null }],
    temperatures: [],
  },
  marks: [],
  failure: null,
});

describe('a meter', () => {
  test('shows its last reading by number, also when the clock was set back', () => {
    const { meter } = meterWith();
    meter.take(reading(5));
    meter.take(reading(6, { at: 400_000, value: 7.3 }));
    expect(meter.reading?.value).toBe(7.3);
    meter.take(reading(4));
    expect(meter.reading?.seq).toBe(6);
  });

  test('the state that comes after a reading does not bring an older one back', () => {
    const { meter } = meterWith();
    meter.take(reading(9));
    meter.update(about({ last_reading: reading(8) }));
    expect(meter.reading?.seq).toBe(9);
    meter.update(about({ session: 's2', last_reading: reading(1, { session: 's2', at: 5 }) }));
    expect(meter.reading?.session).toBe('s2');
  });

  test('learns the decimals from before the page was there', async () => {
    const { meter, asked } = meterWith();
    meter.want(wish);
    asked[0]?.answer(answer([1_001_000]));
    await settled();
    expect(meter.decimals.of('pH')).toBe(3);
  });

  test('asks once for what it has, anew for another window, and drops the answer to the first', async () => {
    const { meter, asked } = meterWith();
    meter.want(wish);
    meter.want({ ...wish, points: 50 });
    expect(asked).toHaveLength(1);
    meter.want({ ...wish, seconds: 3600 });
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    asked[1]?.answer(answer([1_001_000, 1_002_000]));
    await settled();
    asked[0]?.answer(answer([1_001_000]));
    await settled();
    expect(meter.curve.of('value:pH')?.length).toBe(2);
    expect(meter.curve.windowMs).toBe(3_600_000);
  });

  test('keeps its curve while it asks for what it missed, and says why there is none', async () => {
    const { meter, asked } = meterWith();
    meter.want(wish);
    asked[0]?.answer(answer([1_001_000]));
    await settled();
    meter.missed();
    expect(meter.curve.of('value:pH')?.length).toBe(1);
    asked[1]?.fail(new Failure('database_unavailable', 'The database is busy.', 503));
    await settled();
    expect(meter.failure?.message).toBe('The database is busy.');
    expect(meter.curve.of('value:pH')?.length).toBe(1);
    meter.again();
    asked[2]?.answer(answer([1_001_000, 1_002_000]));
    await settled();
    expect(meter.failure).toBeNull();
    expect(meter.curve.of('value:pH')?.length).toBe(2);
  });
});

test('a connection that is lost while another window is asked for does not leave the old one', async () => {
  const { meter, asked } = meterWith();
  meter.want(wish);
  asked[0]?.answer(answer([1_001_000]));
  await settled();
  meter.want({ ...wish, seconds: 3600 });
  meter.missed();
  asked[2]?.answer(answer([1_001_000, 1_002_000]));
  await settled();
  expect(meter.curve.windowMs).toBe(3_600_000);
});

describe('whether it is a real meter', () => {
  const silent = { session: null, emulated: null, model: null, serial: null };

  test('is remembered while acquisition does not say', () => {
    const { meter } = meterWith();
    meter.take(reading(5));
    meter.update(about({ ...silent, last_reading: reading(5) }));
    expect(meter.origin).toBe('emulated');
    const { meter: real } = meterWith(about({ emulated: false }));
    real.take(reading(5));
    real.update(about(silent));
    expect(real.origin).toBe('real');
  });

  test('that was never said is not taken for granted, as soon as there is something to see', async () => {
    const { meter, asked } = meterWith(about(silent));
    expect(meter.origin).toBe('real');
    meter.want(wish);
    asked[0]?.answer(answer([1_001_000]));
    await settled();
    expect(meter.origin).toBe('unknown');
    meter.take(reading(5));
    expect(meter.origin).toBe('unknown');
  });

  test('is not remembered of another session', () => {
    const { meter } = meterWith(about({ emulated: false }));
    meter.take(reading(5));
    meter.update(about(silent));
    meter.take(reading(0, { session: 's2', at: 1_020_000 }));
    expect(meter.origin).toBe('unknown');
  });

  test('is asked of each session: one that nothing was said of is not taken for the one before', () => {
    const { meter } = meterWith(about({ emulated: false }));
    meter.take(reading(5));
    meter.take(reading(0, { session: 's2', at: 1_020_000 }));
    expect(meter.origin).toBe('unknown');
    const first = reading(1, { session: 's2', at: 1_021_000 });
    meter.update(about({ session: 's2', emulated: true, last_reading: first }));
    expect(meter.origin).toBe('emulated');
  });

  test('another one begins a curve of its own, and nothing of the one before comes into it', async () => {
    const { meter, asked } = meterWith();
    meter.want(wish);
    asked[0]?.answer(answer([1_001_000]));
    await settled();
    meter.take(reading(5));
    meter.update(about({ session: 's2', emulated: false, last_reading: reading(6) }));
    expect(meter.reading).toBeNull();
    expect(meter.curve.length).toBe(0);
    expect(asked).toHaveLength(2);
    meter.take(reading(7));
    expect(meter.curve.length).toBe(0);
    meter.take(reading(0, { session: 's2' }));
    expect(meter.origin).toBe('real');
    expect(meter.curve.of('value:pH')?.length).toBe(1);
  });
});
