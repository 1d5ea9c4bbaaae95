/**
 * The heartbeat of the process: once a second it lets those look who notice something only by the
 * passing of time, and it keeps the figures of the health page.
 */
import type { Clock, Log, StreamServer } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';
import type { Capture } from '../meter/capture.js';
import type { PollFigures } from '../meter/poller.js';
import { ConsumerWatch } from '../outbox/consumer-watch.js';
import type { Live } from '../outbox/live.js';
import type { Outbox, OutboxSpool } from '../outbox/outbox.js';
import { SpoolWatch } from '../outbox/spool-watch.js';
import type { Journal } from '../session/journal.js';
import type { Recorder } from '../session/recorder.js';
import { utc } from '../session/session.js';
import { every, type Timers } from '../timers.js';
import { Rate } from './rate.js';

export interface VitalParts {
  readonly source: string;
  readonly capture: Capture;
  readonly polls: PollFigures;
  readonly recorder: Recorder;
  readonly journal: Journal;
  readonly outbox: Outbox;
  readonly spool: OutboxSpool;
  readonly server: StreamServer;
  readonly live: Live;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly health: Health;
  readonly log: Log;
}

const PULSE_MS = 1000;

/** Begins at once; the function returned ends it. */
export function watchVitalSigns(parts: VitalParts): () => void {
  const { outbox, recorder, server, health } = parts;
  const rate = new Rate();
  const consumers = new ConsumerWatch({
    consumers: () => server.consumers(),
    unacknowledged: () => outbox.unacknowledged(),
    progress: () => outbox.progress(),
    ...parts,
  });
  const spool = new SpoolWatch(parts);
  health.figures = () => figures(parts, rate);
  return every(parts.timers, PULSE_MS, () => {
    recorder.pulse();
    consumers.pulse();
    spool.pulse();
    rate.pulse(recorder.readings);
  });
}

function figures(of: VitalParts, rate: Rate): object {
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
    readings_per_second: rate.perSecond,
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
  };
}
