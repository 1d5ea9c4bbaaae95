/** The dashboard's server from outside, without a page: what it says agrees with what is recorded. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, askJson, Bench, eventually, EventStream, PATIENCE_MS, type Run } from '@elmetron/rig';
import { deliversAll, expectWhole } from './on-a-bench.js';
import {
  curveOf,
  pipelineRuns,
  sessionsOf,
  type LiveReading,
  type Meter,
} from './on-a-dashboard.js';

let bench: Bench;
let acquisition: Run;
let writer: Run;
let dashboard: Run;
let port: number;
let session: string;

beforeAll(async () => {
  bench = await Bench.open({ profile: { poll_interval_s: 0.1 } });
  port = bench.ports.dashboard;
  ({ writer, acquisition, dashboard } = await pipelineRuns(bench, 20));
  session = bench.database().sessions[0]?.session_uid ?? '';
}, 2 * PATIENCE_MS);
afterAll(async () => {
  await bench.close();
});

const readingsOf = (stream: EventStream): LiveReading[] =>
  stream.of('readings').flatMap((data) => (data as { readings: LiveReading[] }).readings);

describe('what it says', () => {
  test('the live stream: hello, the meter, then every reading, as the database has them', async () => {
    const stream = await EventStream.open(port);
    await eventually('thirty readings', () => readingsOf(stream).length >= 30, PATIENCE_MS);
    stream.close();
    expect(stream.events[0]?.event).toBe('hello');
    const now = (stream.events[0]?.data as { now: number }).now;
    expect(Math.abs(now - (stream.events[0]?.at ?? 0))).toBeLessThan(1_000);
    const [first] = stream.of('meters') as { meters: Meter[] }[];
    expect(first?.meters).toMatchObject([{ source: 'bench-1', session, emulated: true }]);

    const readings = readingsOf(stream);
    const seqs = readings.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.map((_, i) => (seqs[0] ?? 0) + i));
    await eventually(
      'them to be stored',
      () => (bench.database().sessions[0]?.last_seq ?? 0) >= (seqs.at(-1) ?? 0),
      PATIENCE_MS,
    );
    const rows = new Map(bench.database().measurements.map((row) => [row.seq, row]));
    for (const reading of readings) {
      const row = rows.get(reading.seq);
      expect(reading).toMatchObject({
        source: 'bench-1',
        session,
        at: Date.parse(row?.captured_at ?? ''),
        value: row?.value,
        unit: row?.unit,
        temperature: row?.temperature,
        temperature_unit: row?.temperature_unit,
      });
    }
  });

  test('it says "recording" while it is so, and that the server lives', async () => {
    const stream = await EventStream.open(port);
    await stream.saw('meters', (data) =>
      (data as { meters: Meter[] }).meters.some(({ recording }) => recording.state === 'recording'),
    );
    await eventually(
      'a second hello',
      () => stream.of('hello').length >= 2,
      15_000,
      () => JSON.stringify(stream.events.slice(-2)),
    );
    stream.close();
  });

  test('list, session, curve and history are those of the database', async () => {
    const [row] = await sessionsOf(bench);
    expect(row).toMatchObject({ session_uid: session, emulated: true });
    const curve = await curveOf(bench, session);
    const stored = bench.database().measurements;
    expect(curve.bucket_ms).toBe(0);
    const [series] = curve.values;
    const first = stored.slice(0, 10).map(({ captured_at: at, value }) => [Date.parse(at), value]);
    expect(series?.at.slice(0, 10).map((at, i) => [at, series.low[i]])).toEqual(first);
    expect(series?.at.length).toBe(curve.readings);
    expect(curve.readings).toBeGreaterThanOrEqual(20);
    const history = await askJson(port, '/api/live/history?source=bench-1&seconds=600');
    expect((history as { values: { at: number[] }[] }).values[0]?.at[0]).toBe(first[0]?.[0]);
  });

  test('its description names every path that the page may ask', async () => {
    const paths = ['/api/live', '/api/sessions', '/api/system', '/api/log'];
    for (const path of ['/openapi.json', '/api/openapi.json']) {
      const { status, text } = await ask(port, { path });
      if (status !== 200) continue;
      const { paths: described } = JSON.parse(text) as { paths: Record<string, unknown> };
      expect(Object.keys(described)).toEqual(expect.arrayContaining(paths));
      return;
    }
    expect.fail('there is no OpenAPI description');
  });
});

test('it ends in order when it is told to, pages open or not, and the capture goes on', async () => {
  const stream = await EventStream.open(port);
  expect((await dashboard.stop()).code).toBe(0);
  await eventually('the stream to end', () => stream.ended, 5_000);
  await deliversAll(bench, acquisition);
  await writer.stop();
  await expectWhole(bench);
});
