/**
 * Numbers the records of one session: 0, 1, 2 … without holes. A number is used up only when the
 * place where records rest has taken the line: a record that cannot be kept never gets one.
 */
import {
  encodeRecord,
  newSessionId,
  type AuditEvent,
  type Clock,
  type Device,
  type Metadata,
  type SessionEnd,
  type SessionRecord,
} from '@elmetron/protocol';
import type { Reading } from '../meter/reading.js';

/** Where the lines of one session are kept. */
export interface SessionKeep {
  /** Throws, with nothing kept, when there is no room; for the last words some is held in reserve. */
  append(line: Buffer, lastWords: boolean): void;
  /** No line follows. */
  finish(): void;
}

/** Keeps the start line too; throws, with nothing kept, when there is no room. */
export type KeepSession = (session: string, startLine: Buffer) => SessionKeep;

export interface SessionOrigin {
  readonly source: string;
  readonly profile: string;
  readonly device: Device;
  readonly metadata: Metadata;
}

/** What an audit event says; when and in which session is added when it is written. */
export interface SessionEvent extends Pick<
  AuditEvent,
  'level' | 'category' | 'message' | 'payload'
> {
  /** A health state begins or ends with it, and that says it in the log. */
  readonly ofState?: true;
}
export type EventPayload = AuditEvent['payload'];
export type EndReason = SessionEnd['reason'];

/** Serial numbers of emulated meters begin so; their readings are marked and kept apart. */
const EMULATED = 'EMU';

type Numbered<T> = T extends SessionRecord ? Omit<T, 'v' | 'session' | 'seq'> : never;

export class Session {
  readonly id = newSessionId();
  readonly origin: SessionOrigin;
  readonly emulated: boolean;
  readonly startedAt: number;
  measurements = 0;
  readonly #startedMonotonic: number;
  readonly #clock: Clock;
  readonly #kept: SessionKeep;
  #last = 0;

  /** Begins with its first reading. Throws what `keep` throws: there is no session then. */
  constructor(origin: SessionOrigin, first: Reading, clock: Clock, keep: KeepSession) {
    this.origin = origin;
    this.emulated = origin.device.serial.startsWith(EMULATED);
    this.startedAt = first.at;
    this.#startedMonotonic = first.monotonic;
    this.#clock = clock;
    const startLine = encodeRecord({
      v: 1,
      type: 'session_start',
      session: this.id,
      seq: 0,
      started_at: utc(first.at),
      source: origin.source,
      profile: origin.profile,
      device: origin.device,
      emulated: this.emulated,
      metadata: origin.metadata,
    });
    this.#kept = keep(this.id, startLine);
  }

  /** The newest number in use. */
  get last(): number {
    return this.#last;
  }

  measurement(reading: Reading): void {
    this.#append({
      type: 'measurement',
      captured_at: utc(reading.at),
      elapsed_ms: Math.max(0, Math.round(reading.monotonic - this.#startedMonotonic)),
      raw_frame_hex: reading.bytes.toString('hex'),
      decoded: reading.decoded,
    });
    this.measurements++;
  }

  event({ level, category, message, payload }: SessionEvent, lastWords = false): void {
    const at = utc(this.#clock.now());
    this.#append({ type: 'audit_event', at, level, category, message, payload }, lastWords);
  }

  metadata(metadata: Metadata): void {
    this.#append({ type: 'metadata_update', at: utc(this.#clock.now()), metadata });
  }

  end(reason: EndReason): void {
    const ended_at = utc(this.#clock.now());
    const { measurements: measurement_count } = this;
    this.#append({ type: 'session_end', ended_at, reason, measurement_count }, true);
    this.#kept.finish();
  }

  /** Nothing follows, and not even the end could be kept. */
  abandon(): void {
    this.#kept.finish();
  }

  #append(fields: Numbered<SessionRecord>, lastWords = false): void {
    const seq = this.#last + 1;
    const record = { v: 1, session: this.id, seq, ...fields } as SessionRecord;
    this.#kept.append(encodeRecord(record), lastWords);
    this.#last = seq;
  }
}

/** As every time in a record is written: UTC, ISO 8601 with milliseconds. */
export function utc(at: number): string {
  return new Date(at).toISOString();
}
