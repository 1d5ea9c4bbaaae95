/**
 * The session in writing, and what becomes of a record for which there is no room: it gets no
 * number, it is counted, and a gap event says so as soon as there is room, before anything else.
 * The count lives in memory only, so that a gap has begun is written at once, into the room held in
 * reserve: whoever reads a session that was killed meanwhile knows that readings are missing.
 * Without a session, events are log lines only.
 */
import type { Clock, Log, Metadata } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';
import { StorageError } from '@elmetron/storage/spool';
import type { Reading } from '../meter/reading.js';
import { nothingIsKept, readingsNotKept } from './events.js';
import { Gap } from './gap.js';
import {
  Session,
  type EndReason,
  type KeepSession,
  type SessionEvent,
  type SessionOrigin,
} from './session.js';

export interface JournalParts {
  readonly keep: KeepSession;
  readonly clock: Clock;
  readonly log: Log;
  readonly health: Health;
}

const AS_LOGGED = { info: 'info', warning: 'warn', error: 'error' } as const;

export class Journal {
  readonly #parts: JournalParts;
  #session: Session | undefined;
  #gap: Gap | undefined;

  constructor(parts: JournalParts) {
    this.#parts = parts;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** False: there was no room for it, there is no session. */
  begin(origin: SessionOrigin, first: Reading): boolean {
    const { keep, clock, log } = this.#parts;
    const refused = attempt(() => {
      const session = new Session(origin, first, clock, keep);
      this.#session = session;
      const { id, emulated } = session;
      log.info(
        { session: id, ...origin.device, profile: origin.profile, emulated },
        `session begins: ${origin.device.model} ${origin.device.serial}` +
          (emulated ? ' (an emulated meter: its readings go to the demo database)' : ''),
      );
    });
    // Its start is not lost, it waits for a reading that can be kept.
    if (refused !== undefined) this.#openGap(first.at, refused);
    return refused === undefined;
  }

  measurement(reading: Reading): void {
    this.#keep('reading', reading.at, () => {
      this.#settleGap();
      this.#session?.measurement(reading);
    });
  }

  /** A reading that came while no session could begin. */
  lost(reading: Reading): void {
    this.#gap?.lost('reading', reading.at);
  }

  event(event: SessionEvent): void {
    const { clock, log } = this.#parts;
    log[event.ofState ? 'debug' : AS_LOGGED[event.level]](logged(event), event.message);
    this.#keep('other', clock.now(), () => {
      this.#settleGap();
      this.#session?.event(event);
    });
  }

  metadata(metadata: Metadata): void {
    this.#keep('other', this.#parts.clock.now(), () => {
      this.#settleGap();
      this.#session?.metadata(metadata);
    });
  }

  /** False: there was no room for it, the session is still open; a try costs nothing and counts for nothing. */
  end(reason: EndReason): boolean {
    return this.#tryToEnd(reason) === undefined;
  }

  /** Ends the session, if need be without a record that says so. */
  close(reason: EndReason): void {
    const refused = this.#tryToEnd(reason);
    const session = this.#session;
    if (refused === undefined || session === undefined) return;
    const now = this.#parts.clock.now();
    this.#openGap(now, refused).lost('other', now);
    session.abandon();
    this.#over(session, `${reason}, and the spool has no room to say so`);
  }

  /** Writes down what could not be kept, if there is room by now. */
  retryGap(): void {
    attempt(() => {
      this.#settleGap();
    });
  }

  #tryToEnd(reason: EndReason): StorageError | undefined {
    const session = this.#session;
    if (session === undefined) return undefined;
    const refused = attempt(() => {
      this.#settleGap(true);
      session.end(reason);
    });
    if (refused === undefined) this.#over(session, reason);
    return refused;
  }

  #settleGap(lastWords = false): void {
    const gap = this.#gap;
    if (gap === undefined || this.#session === undefined) return;
    const event = readingsNotKept(gap.readings, gap.payload());
    this.#session.event(event, lastWords);
    this.#gap = undefined;
    this.#parts.health.clear('spool_full');
    this.#parts.health.clear('spool_unwritable');
    this.#parts.log.error(logged(event), event.message);
  }

  #over({ id, measurements, last }: Session, reason: string): void {
    this.#session = undefined;
    this.#parts.log.info({ session: id, measurements, last }, `session ends: ${reason}`);
  }

  #keep(what: 'reading' | 'other', at: number, write: () => void): void {
    const refused = attempt(write);
    if (refused !== undefined) this.#openGap(at, refused).lost(what, at);
  }

  #openGap(at: number, { code, message: reason }: StorageError): Gap {
    const { health } = this.#parts;
    // One is in the way at a time: the other is over, or not reached.
    const [state, other] =
      code === 'spool_full'
        ? (['spool_full', 'spool_unwritable'] as const)
        : (['spool_unwritable', 'spool_full'] as const);
    health.clear(other);
    health.raise(state, `readings are being lost, the spool cannot take them: ${reason}`);
    if (this.#gap !== undefined) return this.#gap;
    this.#gap = new Gap(at, reason, this.#session?.id);
    this.#sayFromNowOn(this.#gap);
    return this.#gap;
  }

  #sayFromNowOn(gap: Gap): void {
    // Refused when the disk itself is full or broken: no reserve helps against that.
    attempt(() => this.#session?.event(nothingIsKept(gap.beginning()), true));
  }
}

/** Why there was no room for it; undefined: it is written. */
function attempt(write: () => void): StorageError | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (hasNoRoom(error)) return error;
    throw error;
  }
}

/** The event's fields for a line of the log; its lists are for the record only. */
function logged({ category, payload }: SessionEvent): object {
  const fields = Object.entries(payload).filter(([, value]) => !Array.isArray(value));
  return { category, ...Object.fromEntries(fields) };
}

function hasNoRoom(error: unknown): error is StorageError {
  return (
    error instanceof StorageError &&
    (error.code === 'spool_full' || error.code === 'buffer_unwritable')
  );
}
