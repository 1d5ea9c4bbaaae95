/** A recorder with everything behind it in memory, and what it wrote as records. */
import { decodeFrame, decodeLine, silentLog, type SessionRecord } from '@elmetron/protocol';
import { Health, type AlarmsConfig } from '@elmetron/runtime';
import { AlarmWatch } from '../alarms/alarm-watch.js';
import type { AlarmNotice } from '../alarms/hook/notice.js';
import type { Reading } from '../meter/reading.js';
import { Outbox } from '../outbox/outbox.js';
import { Journal } from '../session/journal.js';
import { Recorder } from '../session/recorder.js';
import { frame } from './frames.js';
import { MemorySpool } from './memory-spool.js';
import { OwnedTime } from '@elmetron/link/testing';
import { profile } from './profiles.js';

export function bench(limits: Partial<AlarmsConfig> = {}) {
  const time = new OwnedTime();
  const spool = new MemorySpool();
  const lines: Buffer[] = [];
  const outbox = new Outbox({
    source: 'bench-1',
    consumers: ['writer'],
    spool,
    kept: (line) => lines.push(line),
  });
  const health = new Health({ clock: time, log: silentLog });
  const logged: string[] = [];
  const note = (_fields: object, message: string): void => {
    logged.push(message);
  };
  const log = { debug: note, info: note, warn: note, error: note };
  const journal = new Journal({ keep: outbox.begin.bind(outbox), clock: time, log, health });
  const polls = { sent: 0, unanswered: 0, missed: 0 };
  const metadata = { operator: 'A. Kowalska' };
  const told: AlarmNotice[] = [];
  const hook = { tell: (notice: AlarmNotice) => told.push(notice), use: () => undefined };
  const source = 'bench-1';
  const shared = { clock: time, health, log };
  const alarms = new AlarmWatch({ source, journal, hook, ...shared }, alarmsConfig(limits));
  const recorder = new Recorder({
    source: 'bench-1',
    metadata,
    journal,
    polls,
    alarms,
    clock: time,
    health,
  });
  const read = (fields: Parameters<typeof frame>[0] = {}): void => {
    recorder.reading(reading(time, fields));
  };
  return {
    time,
    spool,
    outbox,
    health,
    logged,
    alarms,
    told,
    polls,
    recorder,
    journal,
    read,
    /** A link is open, with the ordinary profile. */
    open: (name = 'cx505') => {
      recorder.opened('/dev/fake', profile({ name }));
    },
    /** The time passes as in the process: with a pulse each second. */
    wait: async (seconds: number) => {
      for (let n = 0; n < seconds; n++) {
        await time.advance(1000);
        recorder.pulse();
      }
    },
    records: () => lines.map(record),
    reasons: () => health.reasons.map(({ code }) => code),
  };
}

export function alarmsConfig(limits: Partial<AlarmsConfig>): AlarmsConfig {
  return {
    no_reading_s: 0,
    units: {},
    hook_command: [],
    hook_url: '',
    hook_timeout_s: 10,
    ...limits,
  };
}

export function reading(time: OwnedTime, fields: Parameters<typeof frame>[0] = {}): Reading {
  const bytes = frame(fields);
  const result = decodeFrame(bytes);
  if (!result.ok) throw new Error(result.reason);
  const { model, serial, decoded, unreadable } = result;
  const at = time.now();
  return { at, monotonic: time.monotonic(), bytes, model, serial, decoded, unreadable };
}

function record(line: Buffer): SessionRecord {
  const result = decodeLine(line);
  if (!result.ok) throw new Error(result.reason);
  return result.record;
}

/** In short: the type of each record, and for an event what it says. */
export function inShort(records: readonly SessionRecord[]): string[] {
  return records.map((one) => {
    const what = one.type === 'audit_event' ? one.payload['what'] : undefined;
    if (one.type === 'audit_event' && typeof what === 'string') return `${one.category}: ${what}`;
    return one.type === 'session_end' ? `session_end: ${one.reason}` : one.type;
  });
}
