/** Records of the live feed. */
import type { AuditEvent, Measurement, SessionRecord, SessionStart } from '@elmetron/protocol';
import type { LiveReading } from '../api/readings.js';
import { BEGAN } from './owned-clock.js';

export const SESSION = '01a21e5d-0000-7000-8000-000000000001';
export const LATER_SESSION = '01a21e5d-0001-7000-8000-000000000002';

export function madeReading(seq: number, of: Partial<LiveReading> = {}): LiveReading {
  return {
    source: 'bench-1',
    session: SESSION,
    seq,
    at: BEGAN + 1000 * seq,
    elapsed_ms: 1000 * seq,
    value: seq / 100,
    unit: 'pH',
    temperature: 25,
    temperature_unit: '°C',
    ...of,
  };
}

export function measurement(seq: number, session = SESSION): Measurement {
  return {
    v: 1,
    type: 'measurement',
    session,
    seq,
    captured_at: new Date(BEGAN + 1000 * seq).toISOString(),
    elapsed_ms: 1000 * seq,
    raw_frame_hex: '01',
    decoded: {
      value: seq / 100,
      unit: 'pH',
      temperature: 25,
      temperature_unit: '°C',
      device_time: null,
      record_number: null,
      status: '',
      range: '',
      mode: '',
    },
  };
}

export function sessionStart(session = SESSION, of: Partial<SessionStart> = {}): SessionStart {
  return {
    v: 1,
    type: 'session_start',
    session,
    seq: 0,
    started_at: new Date(BEGAN).toISOString(),
    source: 'bench-1',
    profile: 'cx505',
    device: { model: 'CX-505', serial: '00308/25', port: '/dev/ttyUSB0' },
    emulated: false,
    metadata: {},
    ...of,
  };
}

export function auditEvent(
  at: number,
  category: string,
  payload: AuditEvent['payload'],
  of: Partial<AuditEvent> = {},
): AuditEvent {
  return {
    v: 1,
    type: 'audit_event',
    session: SESSION,
    seq: 1,
    at: new Date(at).toISOString(),
    level: 'warning',
    category,
    message: `${category} ${typeof payload['what'] === 'string' ? payload['what'] : ''}`,
    payload,
    ...of,
  };
}

export function sessionEnd(session = SESSION): SessionRecord {
  return {
    v: 1,
    type: 'session_end',
    session,
    seq: 9,
    ended_at: new Date(BEGAN + 9000).toISOString(),
    reason: 'stopped',
    measurement_count: 1,
  };
}
