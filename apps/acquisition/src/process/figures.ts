/** What the health page of an acquisition shows, beside its state. Times are UTC, ISO 8601. */
import { utc } from '../session/session.js';
import type { VitalParts } from './vital-signs.js';

type FiguresOf = Pick<
  VitalParts,
  | 'source'
  | 'capture'
  | 'polls'
  | 'recorder'
  | 'journal'
  | 'outbox'
  | 'spool'
  | 'server'
  | 'live'
  | 'alarms'
  | 'hook'
>;

export type Figures = ReturnType<typeof figures>;

/** Of this moment. */
export function figures(of: FiguresOf, readingsPerSecond: number) {
  const { session } = of.journal;
  const { link } = of.capture;
  const { meter, lastReadingAt } = of.recorder;
  const kept = of.spool.sessions();
  return {
    source: of.source,
    link: link === undefined ? 'down' : 'open',
    port: link?.port ?? null,
    profile: link?.profile ?? null,
    meter_model: meter?.model ?? null,
    meter_serial: meter?.serial ?? null,
    session: session?.id ?? null,
    session_started_at: session === undefined ? null : utc(session.startedAt),
    emulated: session?.emulated ?? null,
    last_seq: session?.last ?? null,
    session_measurements: session?.measurements ?? null,
    readings: of.recorder.readings,
    last_reading_at: lastReadingAt === undefined ? null : utc(lastReadingAt),
    readings_per_second: readingsPerSecond,
    polls_sent: of.polls.sent,
    polls_unanswered: of.polls.unanswered,
    polls_missed: of.polls.missed,
    spool_bytes: of.spool.bytes,
    spool_max_bytes: of.spool.maxBytes,
    spool_records: kept.reduce((sum, { first, last }) => sum + last - first + 1, 0),
    unacknowledged: of.outbox.unacknowledged(),
    consumers: of.server.consumers(),
    stream: of.server.counters,
    live_feed: of.live.counters ?? null,
    alarms: of.alarms.figures(),
    alarms_entered: of.alarms.entered,
    alarm_hook: { ...of.hook.counters, waiting: of.hook.waiting },
  };
}
