/** The figures of an acquisition for Prometheus. */
import type { Metric } from '@elmetron/runtime';
import type { Figures } from './figures.js';

export function acquisitionMetrics(of: Figures): readonly Metric[] {
  const { source } = of;
  const one = (
    type: Metric['type'],
    name: string,
    help: string,
    value: number | boolean,
  ): Metric => ({
    name: `elmetron_acquisition_${name}`,
    help,
    type,
    samples: [{ value, labels: { source } }],
  });
  const consumers = (
    name: string,
    help: string,
    value: (consumer: Figures['consumers'][number]) => number | boolean,
  ): Metric => ({
    name: `elmetron_acquisition_${name}`,
    help,
    type: 'gauge',
    samples: of.consumers.map((status) => ({
      value: value(status),
      labels: { source, consumer: status.consumer },
    })),
  });
  return [
    one('gauge', 'link_open', 'Whether the link to the meter is open.', of.link === 'open'),
    one('counter', 'readings_total', 'Readings since the process began.', of.readings),
    one('gauge', 'readings_per_second', 'Readings a second, lately.', of.readings_per_second),
    ...(of.last_reading_at === null
      ? []
      : [
          one(
            'gauge',
            'last_reading_timestamp_seconds',
            'When the last reading came, seconds since 1970.',
            Date.parse(of.last_reading_at) / 1000,
          ),
        ]),
    one('counter', 'polls_sent_total', 'Polls sent to the meter.', of.polls_sent),
    one('counter', 'polls_unanswered_total', 'Polls without an answer.', of.polls_unanswered),
    one('counter', 'polls_missed_total', 'Polls that were due and not sent.', of.polls_missed),
    one('gauge', 'spool_bytes', 'Size of the spool.', of.spool_bytes),
    one('gauge', 'spool_max_bytes', 'Size that the spool may have.', of.spool_max_bytes),
    one('gauge', 'spool_records', 'Records in the spool.', of.spool_records),
    consumers(
      'consumer_connected',
      'Whether the consumer is connected.',
      ({ connected }) => connected,
    ),
    consumers(
      'unacknowledged_records',
      'Records that the consumer has not acknowledged.',
      ({ consumer }) => of.unacknowledged[consumer] ?? 0,
    ),
    one(
      'counter',
      'stream_redelivered_records_total',
      'Records sent again to the same consumer.',
      of.stream.redelivered,
    ),
    one(
      'counter',
      'stream_malformed_messages_total',
      'Messages on the stream that were none.',
      of.stream.malformed,
    ),
  ];
}
