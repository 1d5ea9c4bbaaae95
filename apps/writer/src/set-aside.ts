/**
 * Puts records that cannot be taken where a person can look at them, durably, before they are
 * acknowledged: in the quarantine folder, or, when that cannot be written, as an event in the
 * database. Either way an event names the hole that they leave in their session.
 */
import { basename } from 'node:path';
import type { Clock, Log } from '@elmetron/protocol';
import type { Conflict, Quarantine, StoreEvent } from '@elmetron/storage';
import type { Delivery } from './delivery.js';
import type { SessionIntake } from './session-intake.js';

export interface SetAsideOptions {
  readonly quarantine: Quarantine;
  readonly run: string;
  /** Resolves when the event is durable in the session's database. */
  readonly recordEvent: (session: SessionIntake, event: StoreEvent) => Promise<void>;
  readonly clock: Clock;
  readonly log: Log;
}

export class SetAside {
  readonly #options: SetAsideOptions;
  #count = 0;

  constructor(options: SetAsideOptions) {
    this.#options = options;
  }

  /** Records set aside in this life. */
  get count(): number {
    return this.#count;
  }

  /** Resolves when every poison record of the delivery is durable somewhere. */
  async poison(delivery: Delivery): Promise<void> {
    const { session } = delivery;
    for (const { seq, reason, bytes } of delivery.poison) {
      this.#count++;
      const { log, clock } = this.#options;
      const origin = `stream_${session.session}_${this.#options.run}`;
      const kept = await this.#keep(origin, seq, reason, bytes);
      const event: StoreEvent = {
        key: `poison:${session.session}:${String(seq)}`,
        session: session.session,
        at: new Date(clock.now()).toISOString(),
        level: 'error',
        category: 'quarantine',
        message: 'A record could not be taken and was set aside',
        payload: kept ? { seq, reason } : { seq, reason, bytes_hex: bytes.toString('hex') },
      };
      log.error(
        { session: session.session, source: session.source, seq, reason },
        'A record cannot be taken; it is set aside',
      );
      const recorded = this.#options.recordEvent(session, event);
      if (kept)
        recorded.catch((error: unknown) => {
          log.warn({ err: error, seq }, 'The event of a record set aside could not be stored');
        });
      else await recorded;
    }
  }

  /** Numbers that the source has lost for good: nothing to keep, but a hole to explain. */
  async hole(session: SessionIntake, { from, to }: { from: number; to: number }): Promise<void> {
    const { log, clock, recordEvent } = this.#options;
    log.error(
      { session: session.session, source: session.source, from, to },
      'The source has lost records before they were acknowledged (its spool is damaged)',
    );
    await recordEvent(session, {
      key: `hole:${session.session}:${String(from)}-${String(to)}`,
      session: session.session,
      at: new Date(clock.now()).toISOString(),
      level: 'error',
      category: 'hole',
      message: 'Records were lost in the spool of acquisition before they were acknowledged',
      payload: { from, to },
    });
  }

  /** A key that the store holds with other content. */
  async conflict({ session, seq, line }: Conflict): Promise<void> {
    this.#count++;
    this.#options.log.error(
      { session, seq },
      'A record differs from the one stored under its number; the stored one stays, the other is set aside',
    );
    await this.#keep(`conflict_${session}`, seq, 'conflict', Buffer.from(line));
  }

  async #keep(origin: string, position: number, reason: string, bytes: Buffer): Promise<boolean> {
    try {
      await this.#options.quarantine.put({ origin: basename(origin), position, reason, bytes });
      return true;
    } catch (error) {
      this.#options.log.warn({ err: error, origin }, 'The quarantine folder cannot be written');
      return false;
    }
  }
}
