/** What the health page of the writer shows, beside its state, and the same for Prometheus. */
import { metricsOf, timestampSamples, type Metric, type MetricSample } from '@elmetron/runtime';
import type { Databases } from './databases.js';
import type { Intake } from './intake.js';
import type { SessionBuffers } from './session-buffers.js';
import type { SetAside } from './set-aside.js';
import type { Sources } from './sources.js';

export interface FiguresOf {
  readonly run: string;
  readonly intake: Pick<Intake, 'sessions'>;
  readonly buffers: Pick<SessionBuffers, 'figures'>;
  readonly setAside: Pick<SetAside, 'count'>;
  readonly databases: Pick<Databases, 'figures'>;
  readonly sources: Pick<Sources, 'figures'>;
}

export type Figures = ReturnType<typeof figures>;

/** Of this moment. */
export function figures({ run, intake, buffers, setAside, databases, sources }: FiguresOf) {
  return {
    run,
    sessions: intake.sessions.size,
    buffer: buffers.figures,
    set_aside: setAside.count,
    databases: databases.figures,
    sources: sources.figures,
  };
}

const { counter, gauge } = metricsOf('writer');

export function writerMetrics(of: Figures): readonly Metric[] {
  const bySource = (value: (source: Figures['sources'][number]) => number): MetricSample[] =>
    of.sources.map((source) => ({
      value: value(source),
      labels: { endpoint: source.endpoint },
    }));
  const databases = Object.entries(of.databases);
  return [
    gauge('sessions', 'Sessions that are open at the sources.', { value: of.sessions }),
    gauge('buffer_active', 'Whether records go to buffers before they are acknowledged: 1 or 0.', {
      value: Number(of.buffer.active),
    }),
    gauge('buffer_segments', 'Buffer files that this writer has.', { value: of.buffer.segments }),
    gauge('buffer_bytes', 'Bytes in them.', { value: of.buffer.bytes }),
    gauge('buffer_records', 'Records in them.', { value: of.buffer.records }),
    gauge(
      'buffer_last_sync_timestamp_seconds',
      'When a buffer was last made durable, seconds since 1970.',
      timestampSamples(of.buffer.last_sync),
    ),
    gauge('set_aside_records', 'What was set aside since the process began.', {
      value: of.set_aside,
    }),
    gauge(
      'uncommitted_records',
      'Records that are not yet in the database.',
      databases.map(([database, { uncommitted }]) => ({
        value: uncommitted,
        labels: { database },
      })),
    ),
    gauge(
      'last_commit_timestamp_seconds',
      'When the database last took something, seconds since 1970.',
      databases.flatMap(([database, { last_commit }]) =>
        timestampSamples(last_commit, { database }),
      ),
    ),
    counter(
      'records_total',
      'Records taken from the source.',
      bySource(({ records }) => records),
    ),
    counter(
      'duplicates_total',
      'Records that came again.',
      bySource(({ duplicates }) => duplicates),
    ),
    counter(
      'holes_total',
      'Holes that the source declared.',
      bySource(({ holes }) => holes),
    ),
    counter(
      'gaps_total',
      'Times that something was asked for again.',
      bySource(({ gaps }) => gaps),
    ),
    counter(
      'malformed_total',
      'Messages that were none.',
      bySource(({ malformed }) => malformed),
    ),
    counter(
      'silences_total',
      'Times that the source was silent.',
      bySource(({ silences }) => silences),
    ),
  ];
}
