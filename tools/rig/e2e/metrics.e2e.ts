/** What Prometheus gets of both processes, and that rules and dashboard ask for nothing else. */
import { readFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { eventually, healthPage, PATIENCE_MS } from '@elmetron/rig';
import { measurements, test } from './on-a-bench.js';

/** By name and labels, as they are written. */
async function metricsOf(port: number): Promise<Map<string, number>> {
  const response = await fetch(`http://127.0.0.1:${String(port)}/metrics`);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = (await response.text()).split('\n');
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    samples.map((line) => {
      const sample = /^([a-z_]+(?:\{.*\})?) (-?[\d.e+-]+)$/.exec(line);
      expect(sample, line).not.toBeNull();
      return [sample?.[1] ?? '', Number(sample?.[2])];
    }),
  );
}

test('metrics say what the health page says', async ({ open }) => {
  const bench = await open();
  await bench.startMeter();
  bench.startWriter();
  bench.startAcquisition();
  await measurements(bench, 20);
  const before = await healthPage(bench.ports.acquisition);
  const acquisition = await metricsOf(bench.ports.acquisition);
  const after = await healthPage(bench.ports.acquisition);
  const source = `{source="${String(before['source'])}"}`;
  const readings = acquisition.get(`elmetron_acquisition_readings_total${source}`);
  expect(readings).toBeGreaterThanOrEqual(Number(before['readings']));
  expect(readings).toBeLessThanOrEqual(Number(after['readings']));
  expect(acquisition.get(`elmetron_acquisition_link_open${source}`)).toBe(1);
  const last = acquisition.get(`elmetron_acquisition_last_reading_timestamp_seconds${source}`);
  expect(last).toBeGreaterThan(Date.parse(String(before['session_started_at'])) / 1000);

  let writer = new Map<string, number>();
  await eventually(
    'the writer to be well and to have committed',
    async () => {
      writer = await metricsOf(bench.ports.writer);
      const commit = writer.get('elmetron_writer_last_commit_timestamp_seconds{database="demo"}');
      return commit !== undefined && writer.get('elmetron_status{status="ok"}') === 1;
    },
    PATIENCE_MS,
  );
  const endpoint = `{endpoint="tcp://127.0.0.1:${String(bench.ports.stream)}"}`;
  expect(writer.get(`elmetron_writer_records_total${endpoint}`)).toBeGreaterThan(20);
  expect(writer.get('elmetron_writer_buffer_segments')).toBe(1);
  expect(writer.get('elmetron_writer_buffer_active')).toBe(1);
  expect(writer.get('elmetron_writer_buffer_records')).toBeGreaterThan(20);

  const there = new Set([...acquisition.keys(), ...writer.keys()].map(nameOf));
  // It has a sample for each thing that is wrong, and nothing is.
  there.add('elmetron_reason');
  for (const file of ['prometheus-alerts.yml', 'grafana-dashboard.json']) {
    const path = new URL(`../../../config/monitoring/${file}`, import.meta.url);
    const asked = (await readFile(path, 'utf8')).match(/elmetron_[a-z_]+/g) ?? [];
    expect(asked.length).toBeGreaterThan(5);
    for (const name of asked) expect(there, `${file} asks for ${name}`).toContain(name);
  }
});

const nameOf = (sample: string): string => sample.replace(/\{.*$/, '');
