/** The figures of an acquisition for Prometheus. */
import { metricsOf, timestampSamples, type Metric, type MetricSample } from '@elmetron/runtime';
import type { Figures } from './figures.js';

const { counter, gauge } = metricsOf('acquisition');

export function acquisitionMetrics(of: Figures): readonly Metric[] {
  const labels = { source: of.source };
  const one = (value: number | boolean): MetricSample => ({ value, labels });
  const ofConsumers = (
    value: (consumer: Figures['consumers'][number]) => number | boolean,
  ): MetricSample[] =>
    of.consumers.map((status) => ({
      value: value(status),
      labels: { ...labels, consumer: status.consumer },
    }));
  return [
    gauge('link_open', 'Whether the link to the meter is open.', one(of.link === 'open')),
    counter('readings_total', 'Readings since the process began.', one(of.readings)),
    gauge('readings_per_second', 'Readings a second, lately.', one(of.readings_per_second)),
    gauge(
      'last_reading_timestamp_seconds',
      'When the last reading came, seconds since 1970.',
      timestampSamples(of.last_reading_at, labels),
    ),
    counter('polls_sent_total', 'Polls sent to the meter.', one(of.polls_sent)),
    counter('polls_unanswered_total', 'Polls without an answer.', one(of.polls_unanswered)),
    counter('polls_missed_total', 'Polls that were due and not sent.', one(of.polls_missed)),
    gauge('spool_bytes', 'Size of the spool.', one(of.spool_bytes)),
    gauge('spool_max_bytes', 'Size that the spool may have.', one(of.spool_max_bytes)),
    gauge('spool_records', 'Records in the spool.', one(of.spool_records)),
    gauge(
      'consumer_connected',
      'Whether the consumer is connected.',
      ofConsumers(({ connected }) => connected),
    ),
    gauge(
      'unacknowledged_records',
      'Records that the consumer has not acknowledged.',
      ofConsumers(({ consumer }) => of.unacknowledged[consumer] ?? 0),
    ),
    counter(
      'stream_redelivered_records_total',
      'Records sent again to the same consumer.',
      one(of.stream.redelivered),
    ),
    counter(
      'stream_malformed_messages_total',
      'Messages on the stream that were none.',
      one(of.stream.malformed),
    ),
    gauge(
      'alarm_active',
      'Whether the alarm is on; one for each limit of the configuration.',
      of.alarms.map(({ alarm, unit, active }) => ({
        value: active,
        labels: { ...labels, alarm, unit: unit ?? '' },
      })),
    ),
    counter('alarms_entered_total', 'Alarms that were entered.', one(of.alarms_entered)),
    counter(
      'alarm_hook_notices_total',
      'Entering and leaving of alarms, by whether the hook could be told.',
      (['told', 'failed', 'dropped'] as const).map((outcome) => ({
        value: of.alarm_hook[outcome],
        labels: { ...labels, outcome },
      })),
    ),
    gauge('alarm_hook_waiting', 'Notices that wait for the hook.', one(of.alarm_hook.waiting)),
  ];
}
