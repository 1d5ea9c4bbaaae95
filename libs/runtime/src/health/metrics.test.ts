import { expect, it } from 'vitest';
import { exposition, metricsOf, timestampSamples } from './metrics.js';

it('gives counters and gauges, with labels and without', async () => {
  const text = await exposition([
    {
      name: 'elmetron_readings_total',
      help: 'Readings since the process began.',
      type: 'counter',
      samples: [{ value: 7 }],
    },
    {
      name: 'elmetron_unacknowledged_records',
      help: 'Records that a consumer has not acknowledged.',
      type: 'gauge',
      samples: [
        { value: 3, labels: { consumer: 'writer' } },
        { value: 0, labels: { consumer: 'a "second" one\n' } },
      ],
    },
    { name: 'elmetron_link_open', help: 'Open.', type: 'gauge', samples: [{ value: true }] },
  ]);
  expect(text.split('\n')).toEqual([
    '# HELP elmetron_readings_total Readings since the process began.',
    '# TYPE elmetron_readings_total counter',
    'elmetron_readings_total 7',
    '',
    '# HELP elmetron_unacknowledged_records Records that a consumer has not acknowledged.',
    '# TYPE elmetron_unacknowledged_records gauge',
    'elmetron_unacknowledged_records{consumer="writer"} 3',
    String.raw`elmetron_unacknowledged_records{consumer="a \"second\" one\n"} 0`,
    '',
    '# HELP elmetron_link_open Open.',
    '# TYPE elmetron_link_open gauge',
    'elmetron_link_open 1',
    '',
  ]);
});

it('names the metrics of a process after it', () => {
  const { counter, gauge } = metricsOf('writer');
  expect(counter('records_total', 'Records.', { value: 1 })).toEqual({
    name: 'elmetron_writer_records_total',
    help: 'Records.',
    type: 'counter',
    samples: [{ value: 1 }],
  });
  expect(gauge('last', 'Last.', timestampSamples(null)).samples).toEqual([]);
  const [sample] = timestampSamples('2026-01-02T03:04:05.500Z', { database: 'real' });
  expect(sample).toEqual({ value: 1767323045.5, labels: { database: 'real' } });
});

it('says the same again when it is asked again', async () => {
  const metrics = [
    { name: 'elmetron_a_total', help: 'A.', type: 'counter', samples: [{ value: 2 }] } as const,
  ];
  expect(await exposition(metrics)).toBe(await exposition(metrics));
});

it('refuses a name that Prometheus would', async () => {
  const bad = { name: 'no name', help: 'None.', type: 'gauge', samples: [] } as const;
  await expect(exposition([bad])).rejects.toThrow(/name/);
});
