/**
 * Acquisition: asks one meter at an even pace, and keeps every answer until those who need it have it.
 *
 * ```
 *   link/ ──▶ framer ──▶ decoder ──▶ session/ ──▶ outbox/ ──▶ stream
 *     ▲─── poller                       │            │ └────▶ live feed
 *     └──────── meter/ ────────┘   events, alarms/  spool
 * ```
 */
import { PeerMemory } from '@elmetron/protocol';
import { Health, HealthServer, runProcess, type ProcessContext } from '@elmetron/runtime';
import { AlarmWatch } from './alarms/alarm-watch.js';
import { HookQueue } from './alarms/hook/hook-queue.js';
import { hookSettings } from './alarms/hook/hook-settings.js';
import { linkTo, systemTimers as timers } from '@elmetron/link';
import { Capture } from './meter/capture.js';
import { captureSettings } from './meter/settings.js';
import { bindStream } from './outbox/bind-stream.js';
import { Live } from './outbox/live.js';
import { openSpool } from './outbox/open-spool.js';
import { Outbox } from './outbox/outbox.js';
import { SpoolSync } from './outbox/spool-sync.js';
import { finish } from './process/finish.js';
import { proofOfLife } from './process/proof-of-life.js';
import { Reconfiguration } from './process/reconfigure.js';
import { watchVitalSigns } from './process/vital-signs.js';
import { Journal } from './session/journal.js';
import { Recorder } from './session/recorder.js';

async function acquire(context: ProcessContext): Promise<void> {
  const { config, log, clock, signal } = context;
  const { device, acquisition, monitoring } = config.app;
  const { source, consumers, endpoint, live_endpoint } = acquisition;
  const settings = captureSettings(config);
  const health = new Health({ clock, log });
  const shared = { clock, timers, log, health };

  const spool = await openSpool(acquisition, shared);
  context.onStop('spool', () => spool.close());
  const kept = (line: Buffer): void => {
    server.wake();
    sync.appended();
    live.publish(line);
    vitalSigns.awake();
  };
  const outbox = new Outbox({ source, consumers, spool, kept });
  const memory = new PeerMemory();
  const stream = { endpoint, source: outbox, consumers, memory, clock, log };
  const server = await bindStream(stream, shared);
  const live = await Live.start({ endpoint: live_endpoint, source, memory, ...shared });
  context.onStop('live feed', () => live.close());
  const sync = new SpoolSync({ spool, afterMs: acquisition.spool_sync_ms, ...shared });
  context.onStop('spool sync', () => sync.stop());

  const polls = { sent: 0, unanswered: 0, missed: 0 };
  const journal = new Journal({ keep: (id, line) => outbox.begin(id, line), ...shared });
  const hook = new HookQueue(shared, hookSettings(config.app.alarms));
  context.onStop('alarm hook', () => hook.close());
  const alarms = new AlarmWatch({ source, journal, hook, ...shared }, config.app.alarms);
  const { metadata } = device;
  const recorder = new Recorder({ source, metadata, journal, polls, alarms, ...shared });
  context.onStop('session', () => finish({ recorder, outbox, server, ...shared }));
  const link = { linkTo: (port: string) => linkTo(port, timers), listener: recorder };
  const capture = new Capture({ settings, ...link, polls, ...shared });
  context.onStop('meter', () => capture.stop());

  const records = { recorder, journal, outbox, spool, server, live };
  const measured = { source, capture, polls, ...records, alarms, hook };
  const vitalSigns = watchVitalSigns({ ...measured, ...shared });
  context.onStop('vital signs', () => {
    vitalSigns.stop();
  });
  context.onWatchdog(proofOfLife({ capture, polls, clock }));
  const page = await HealthServer.start({ port: monitoring.acquisition_port, health, log });
  context.onStop('health page', () => page.close());

  const crashed = (error: unknown): void => {
    log.error({ err: error }, 'the capture of readings broke down');
    context.stop(1);
  };
  const reconfiguration = new Reconfiguration(
    { capture, recorder, alarms, crashed, signal, log },
    config,
  );
  context.onHangup((reloaded) => reconfiguration.apply(reloaded));
  log.info(
    { source, endpoint, port: device.port, profile: device.profile },
    `acquisition runs: meter at ${device.port}, records at ${endpoint}`,
  );
  capture.start(crashed);
}

runProcess({
  name: 'acquisition',
  summary: 'Polls one meter and keeps every reading until the writer has it.',
  main: acquire,
});
