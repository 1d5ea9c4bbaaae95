/** What the health page of the writer shows, beside its state, and the same for Prometheus. */
import type { Metric } from '@elmetron/runtime';
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

export function writerMetrics(of: Figures): readonly Metric[] {
  const gauge = (name: string, help: string, value: number): Metric => ({
    name: `elmetron_writer_${name}`,
    help,
    type: 'gauge',
    samples: [{ value }],
  });
  const bySource = (
    name: string,
    help: string,
    value: (source: Figures['sources'][number]) => number,
  ): Metric => ({
    name: `elmetron_writer_${name}`,
    help,
    type: 'counter',
    samples: of.sources.map((source) => ({
      value: value(source),
      labels: { endpoint: source.endpoint },
    })),
  });
  const databases = Object.entries(of.databases);
  return [
    gauge('sessions', 'Sessions that are open at the sources.', of.sessions),
    gauge('buffer_segments', 'Buffer files that this writer has.', of.buffer.segments),
    gauge('buffer_bytes', 'Bytes in them.', of.buffer.bytes),
    {
      name: 'elmetron_writer_buffer_last_sync_timestamp_seconds',
      help: 'When a buffer was last made durable, seconds since 1970.',
      type: 'gauge',
      samples: seconds(of.buffer.last_sync).map((value) => ({ value })),
    },
    gauge('set_aside_records', 'What was set aside since the process began.', of.set_aside),
    {
      name: 'elmetron_writer_uncommitted_records',
      help: 'Records that are not yet in the database.',
      type: 'gauge',
      samples: databases.map(([database, { uncommitted }]) => ({
        value: uncommitted,
        labels: { database },
      })),
    },
    {
      name: 'elmetron_writer_last_commit_timestamp_seconds',
      help: 'When the database last took something, seconds since 1970.',
      type: 'gauge',
      samples: databases.flatMap(([database, { last_commit }]) =>
        seconds(last_commit).map((value) => ({ value, labels: { database } })),
      ),
    },
    bySource('records_total', 'Records taken from the source.', ({ records }) => records),
    bySource('duplicates_total', 'Records that came again.', ({ duplicates }) => duplicates),
    bySource('holes_total', 'Holes that the source declared.', ({ holes }) => holes),
    bySource('gaps_total', 'Times that something was asked for again.', ({ gaps }) => gaps),
    bySource('malformed_total', 'Messages that were none.', ({ malformed }) => malformed),
    bySource('silences_total', 'Times that the source was silent.', ({ silences }) => silences),
  ];
}

/** None for what has not been yet. */
function seconds(time: string | null): number[] {
  return time === null ? [] : [Date.parse(time) / 1000];
}
