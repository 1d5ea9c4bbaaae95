/**
 * Keeps durably what no buffer can take, before it is acknowledged: records that are none, and the
 * word of a source that it has lost some. It goes where a person can look at it, the quarantine
 * folder, or, when that cannot be written, into the database; in the database an event names the
 * hole either way.
 */
import { Complaints, type Clock, type Log } from '@elmetron/protocol';
import type { Conflict, StoreEvent } from '@elmetron/storage';
import type { Alarm } from './alarms.js';
import type { Delivery, Hole, Poison } from './delivery.js';
import type { PatientQuarantine } from './patient-quarantine.js';
import type { SessionIntake } from './session-intake.js';

export interface SetAsideOptions {
  readonly quarantine: Pick<PatientQuarantine, 'keep'>;
  readonly run: string;
  /** Resolves when the event is durable in the session's database, however long that is locked. */
  readonly recordEvent: (session: SessionIntake, event: StoreEvent) => Promise<void>;
  /** A person has to see it. */
  readonly alarm: (alarm: Alarm, message: string) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is kept of it in the quarantine, and the event that explains it. */
interface Matter {
  readonly position: number;
  readonly reason: string;
  readonly bytes: Buffer;
  readonly key: string;
  readonly category: string;
  readonly message: string;
  readonly alarm: Alarm;
  readonly payload: Record<string, unknown>;
}

export class SetAside {
  readonly #options: SetAsideOptions;
  /** A source that sends nothing else would fill the log: the events and the quarantine have each. */
  readonly #complaints: Complaints;
  #count = 0;

  constructor(options: SetAsideOptions) {
    this.#options = options;
    this.#complaints = new Complaints(options.log, options.clock, { most: 5 });
  }

  /** Records set aside in this life. */
  get count(): number {
    return this.#count;
  }

  /** Resolves when everything of the delivery that has to be set aside is durable somewhere. */
  async keep({ session, poison, hole }: Delivery): Promise<void> {
    if (hole !== undefined) await this.#matter(session, ofHole(hole));
    for (const record of poison) {
      this.#count++;
      await this.#matter(session, ofPoison(record));
    }
  }

  /** A key that the store holds with other content; the store has recorded the event itself. */
  async conflict({ session, seq, line }: Conflict): Promise<void> {
    this.#count++;
    const { quarantine, alarm } = this.#options;
    const message =
      'A record differs from the one stored under its number; the stored one stays, the other is set aside';
    this.#complaints.error('conflict', { session, seq }, message);
    alarm(
      'record_conflict',
      `${message}: number ${String(seq)} of session ${session}. Compare both.`,
    );
    await quarantine.keep({
      origin: `conflict_${session}`,
      position: seq,
      reason: 'conflict',
      bytes: Buffer.from(line),
    });
  }

  async #matter(session: SessionIntake, matter: Matter): Promise<void> {
    const { run, quarantine, alarm, clock, recordEvent } = this.#options;
    const { key, category, message, payload, position, reason, bytes } = matter;
    const fields = { session: session.session, source: session.source, ...payload };
    this.#complaints.error(category, fields, message);
    const place = `session ${session.session} of ${session.source}, number ${key}`;
    alarm(matter.alarm, `${message}: ${place}`);
    const origin = `stream_${session.session}_${run}`;
    const kept = await quarantine.keep({ origin, position, reason, bytes });
    const recorded = recordEvent(session, {
      key: `${category}:${session.session}:${key}`,
      session: session.session,
      at: new Date(clock.now()).toISOString(),
      level: 'error',
      category,
      message,
      payload: kept ? payload : { ...payload, bytes_hex: bytes.toString('hex') },
    });
    if (!kept) {
      await recorded;
      return;
    }
    recorded.catch((error: unknown) => {
      this.#complaints.warn(
        'event',
        { err: error, ...payload },
        'The event of what was set aside could not be stored',
      );
    });
  }
}

function ofPoison({ seq, reason, bytes }: Poison): Matter {
  return {
    position: seq,
    reason,
    bytes,
    key: String(seq),
    category: 'quarantine',
    message: 'A record could not be taken and is set aside',
    alarm: 'records_set_aside',
    payload: { seq, reason },
  };
}

function ofHole({ from, to }: Hole): Matter {
  return {
    position: from,
    reason: `numbers ${String(from)} to ${String(to)} were lost in the spool of the source`,
    bytes: Buffer.alloc(0),
    key: `${String(from)}-${String(to)}`,
    category: 'hole',
    message: 'The source has lost records before they were acknowledged: its spool was damaged',
    alarm: 'numbers_missing',
    payload: { from, to },
  };
}
