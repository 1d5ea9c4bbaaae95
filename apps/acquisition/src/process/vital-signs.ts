/**
 * The heartbeat of the process: once a second, or a little more often, it lets those look who notice something only
 * by the passing of time, and it gives the health page its figures.
 */
import { Pulse, PULSE_MS, type Clock, type Log, type StreamServer } from '@elmetron/protocol';
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
  readonly health: Health;
  readonly log: Log;
}

/** Begins at once, and goes on until it is stopped. Tell it whenever the process is awake: it beats rather then. */
export function watchVitalSigns(parts: VitalParts): Pulse {
  const { outbox, recorder, server, health } = parts;
  const rate = new Rate(parts.clock);
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
  return new Pulse(PULSE_MS, () => {
    recorder.pulse();
    consumers.pulse();
    spool.pulse();
    rate.pulse(recorder.readings);
  });
}
