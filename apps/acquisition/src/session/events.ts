/**
 * Every event that acquisition writes into a session, in one place: its category, and in the payload
 * under `what` which of its kind it is, with the times and figures that explain it.
 */
import type { LinkError } from '@elmetron/link';
import type { Reading, Undecodable } from '../meter/reading.js';
import { utc, type EventPayload, type SessionEvent } from './session.js';
import type { Silence } from './silence-watch.js';
import type { UnreadableChange } from './unreadable-watch.js';

/** A time without a link, from its loss to the first reading after it. */
export interface Outage {
  /** UTC, milliseconds. */
  readonly from: number;
  readonly monotonic: number;
  readonly reason: string;
  reopenedAt: number | undefined;
  /** More than one when a new link was lost before a reading came over it. */
  losses: number;
}

export function linkLost(error: LinkError, port: string): SessionEvent {
  return {
    ofState: true,
    level: 'warning',
    category: 'link',
    message: `link lost: ${error.message}`,
    payload: { what: 'lost', port, code: error.code },
  };
}

export function linkBack(outage: Outage, reading: Reading, port: string): SessionEvent {
  return {
    ofState: true,
    level: 'info',
    category: 'link',
    message: `link back after ${seconds(reading.monotonic - outage.monotonic)}`,
    payload: {
      what: 'back',
      from: utc(outage.from),
      reopened_at: utc(outage.reopenedAt ?? reading.at),
      to: utc(reading.at),
      losses: outage.losses,
      reason: outage.reason,
      port,
    },
  };
}

export function linkMoved(from: string, to: string): SessionEvent {
  return {
    level: 'info',
    category: 'link',
    message: `link is now ${to}, before ${from}`,
    payload: { what: 'moved', from, to },
  };
}

export function meterSilent(silence: Silence): SessionEvent {
  return {
    ofState: true,
    level: 'warning',
    category: 'meter',
    message:
      `meter silent for ${seconds(silence.ms)}: the link is open but no reading comes; look at the ` +
      `meter's display (it does not answer while it shows an error)`,
    payload: { what: 'silent', from: utc(silence.from) },
  };
}

export function meterAnswering(silence: Silence, reading: Reading): SessionEvent {
  return {
    ofState: true,
    level: 'info',
    category: 'meter',
    message: `meter answers again after ${seconds(silence.ms)}`,
    payload: {
      what: 'answering',
      from: utc(silence.from),
      to: utc(reading.at),
      ms: silence.ms,
    },
  };
}

export function clockJump(jump: number, at: number): SessionEvent {
  return {
    level: 'warning',
    category: 'clock',
    message: `wall clock moved by ${seconds(jump)}: it was set, or the machine slept`,
    payload: { what: 'jump', before: utc(at - jump), after: utc(at), ms: jump },
  };
}

export function frameNotUnderstood(frame: Undecodable): SessionEvent {
  return {
    level: 'warning',
    category: 'frame',
    message: `frame not understood: ${frame.reason}`,
    payload: {
      what: 'undecodable',
      at: utc(frame.at),
      reason: frame.reason,
      frame_hex: frame.bytes.toString('hex'),
    },
  };
}

export function oddSerial(frame: Reading): SessionEvent {
  return {
    level: 'warning',
    category: 'frame',
    message: `one frame of serial number ${frame.serial}, with none after it: not taken as a reading`,
    payload: {
      what: 'odd_serial',
      at: utc(frame.at),
      serial: frame.serial,
      frame_hex: frame.bytes.toString('hex'),
    },
  };
}

export function readability({ fields, before }: UnreadableChange, reading: Reading): SessionEvent {
  const past: EventPayload =
    before.fields.length === 0
      ? {}
      : { before: [...before.fields], readings: before.readings, from: utc(before.from) };
  if (fields.length === 0) {
    return {
      level: 'info',
      category: 'value',
      message: `readable again: ${before.fields.join(', ')}`,
      payload: { what: 'readable', ...past },
    };
  }
  return {
    level: 'warning',
    category: 'value',
    message: `not readable, stored as null: ${fields.join(', ')}`,
    payload: {
      what: 'unreadable',
      fields: [...fields],
      frame_hex: reading.bytes.toString('hex'),
      ...past,
    },
  };
}

export function lineSummary(payload: EventPayload): SessionEvent {
  return {
    level: 'info',
    category: 'line',
    message: 'noise and failed polls',
    payload: { what: 'summary', ...payload },
  };
}

export function nothingIsKept(payload: EventPayload): SessionEvent {
  return {
    level: 'error',
    category: 'spool',
    message: 'readings are not kept from now on, the spool has no room',
    payload: { what: 'gap_begins', ...payload },
  };
}

export function readingsNotKept(readings: number, payload: EventPayload): SessionEvent {
  return {
    level: 'error',
    category: 'spool',
    message: `${readings} readings could not be kept, the spool had no room`,
    payload: { what: 'gap', ...payload },
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
