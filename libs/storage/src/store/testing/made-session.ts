/** Sessions made up for tests: records that differ wherever records can differ, and their lines. */
import {
  encodeFrame,
  encodeRecord,
  newSessionId,
  type AuditEvent,
  type Measurement,
  type MetadataUpdate,
  type SessionEnd,
  type SessionRecord,
  type SessionStart,
} from '@elmetron/protocol';

const STARTED = Date.UTC(2026, 2, 1, 8);
const UNITS = ['mV rel', 'pH', 'µS/cm', '% O2'] as const;

export class MadeSession {
  readonly session: string;
  readonly serial: string;

  constructor(serial = '00411/25', session = newSessionId()) {
    this.session = session;
    this.serial = serial;
  }

  start(changes: Partial<SessionStart> = {}): SessionStart {
    return {
      ...this.#base(0),
      type: 'session_start',
      seq: 0,
      started_at: at(0),
      source: 'bench-1',
      profile: 'cx505',
      device: { model: 'CX-505', serial: this.serial, port: '/dev/ttyUSB0' },
      emulated: false,
      metadata: { operator: 'Ada', batch: 7 },
      ...changes,
    };
  }

  measurement(seq: number, changes: Partial<Measurement> = {}): Measurement {
    const unit = UNITS[seq % UNITS.length] ?? 'pH';
    const value = ((seq * 7919) % 20_000) / 10 - 1000;
    const temperature = 20 + (seq % 100) / 10;
    const device_time = at(seq).slice(0, 19);
    const frame = encodeFrame({
      serial: this.serial,
      value: value.toFixed(1),
      unit,
      temperature: temperature.toFixed(1),
      deviceTime: device_time,
    });
    return {
      ...this.#base(seq),
      type: 'measurement',
      captured_at: at(seq),
      elapsed_ms: seq * 1000 + (seq % 7),
      raw_frame_hex: frame.toString('hex'),
      decoded: {
        value,
        unit,
        temperature,
        temperature_unit: '°C',
        device_time,
        record_number: 0,
        status: '0',
        range: '00000',
        mode: '00000',
      },
      ...changes,
    };
  }

  event(seq: number, changes: Partial<AuditEvent> = {}): AuditEvent {
    return {
      ...this.#base(seq),
      type: 'audit_event',
      at: at(seq),
      level: 'warning',
      category: 'gap',
      message: 'The meter did not answer',
      payload: { from: at(seq - 1), polls: 3, ports: ['a', null] },
      ...changes,
    };
  }

  metadata(seq: number, changes: Partial<MetadataUpdate> = {}): MetadataUpdate {
    return {
      ...this.#base(seq),
      type: 'metadata_update',
      at: at(seq),
      metadata: { sample: `S-${seq}`, dilution: 0.5 },
      ...changes,
    };
  }

  end(seq: number, changes: Partial<SessionEnd> = {}): SessionEnd {
    return {
      ...this.#base(seq),
      type: 'session_end',
      ended_at: at(seq),
      reason: 'stopped',
      measurement_count: Math.max(0, seq - 1),
      ...changes,
    };
  }

  /** A start, so many measurements, an end. */
  whole(measurements: number): SessionRecord[] {
    return [
      this.start(),
      ...Array.from({ length: measurements }, (_, index) => this.measurement(index + 1)),
      this.end(measurements + 1),
    ];
  }

  #base(seq: number) {
    return { v: 1, session: this.session, seq } as const;
  }
}

/** The time of record `seq`: one a second, at changing milliseconds. */
export function at(seq: number): string {
  return new Date(STARTED + seq * 1000 + ((seq * 37) % 900)).toISOString();
}

export function linesOf(...records: readonly SessionRecord[]): Buffer {
  return Buffer.from(records.map((record) => `${encodeRecord(record).toString()}\n`).join(''));
}
