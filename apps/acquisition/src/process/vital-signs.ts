/**
 * The heartbeat of the process: once a second it lets those look who notice something only by the
 * passing of time, and it gives the health page its figures.
 */
import type { Clock, Log, StreamServer } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';
import type { AlarmWatch } from '../alarms/alarm-watch.js';
import type { HookQueue } from '../alarms/hook/hook-queue.js';
import type { Capture } from '../meter/capture.js';
import type { PollFigures } from '../meter/poller.js';
import { ConsumerWatch } from '../outbox/consumer-watch.js';
import type { Live } from '../outbox/live.js';
import type { Outbox, OutboxSpool } from '../outbox/outbox.js';
import { SpoolWatch } from '../outbox/spool-watch.js';
import type { Journal } from '../session/journal.js';
import type { Recorder } from '../session/recorder.js';
import { every, type Timers } from '@elmetron/link';
import { figures } from './figures.js';
import { acquisitionMetrics } from './metrics.js';
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
  readonly alarms: AlarmWatch;
  readonly hook: HookQueue;
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
  const look = () => figures(parts, rate.perSecond);
  health.figures = look;
  health.processMetrics = () => acquisitionMetrics(look());
  return every(parts.timers, PULSE_MS, () => {
    recorder.pulse();
    consumers.pulse();
    spool.pulse();
    rate.pulse(recorder.readings);
  });
}
