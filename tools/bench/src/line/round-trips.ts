/**
 * Follows each reading from the line to its acknowledgement: what the meter says of when a frame's last
 * byte went out, against what a witness on the stream saw of its record and of the acknowledgement. All
 * times are microseconds since boot, on the one clock that the processes share.
 */
import { microsecondsSinceBoot, type RelayWitness, type SentFrame } from '@elmetron/rig';

interface Seen {
  readonly session: string;
  readonly seq: number;
  readonly frame: string;
  readonly onWireUs: number;
  acknowledgedUs: number | undefined;
}

/** One reading's times, in ms. */
export interface Trip {
  /** The frame, hexadecimal. */
  readonly frame: string;
  /** From the frame's last byte until its record has passed towards the writer. */
  readonly toWire: number;
  /** From there until its acknowledgement has come back. */
  readonly toAcknowledgement: number;
  /** The whole way. */
  readonly whole: number;
}

/** What concerns a round trip in any header or line; the rest is passed over. */
interface Header {
  readonly type?: string;
  readonly session?: string;
  readonly first?: number;
  readonly seq?: number;
}

/** A message as it passed, read later: what is done while it passes is in the time that is measured. */
interface Passed {
  readonly atUs: number;
  readonly from: 'source' | 'consumer';
  readonly frames: readonly Buffer[];
}

export class RoundTrips implements RelayWitness {
  readonly #now: () => number;
  #passed: Passed[] = [];
  readonly #seen: Seen[] = [];
  /** Those without an acknowledgement, by session, oldest first. */
  readonly #waiting = new Map<string, Seen[]>();

  /** @param now microseconds since boot */
  constructor(now: () => number = microsecondsSinceBoot) {
    this.#now = now;
  }

  /** Readings of which the acknowledgement has passed. */
  get acknowledged(): number {
    this.#read();
    return this.#seen.filter(({ acknowledgedUs }) => acknowledgedUs !== undefined).length;
  }

  fromSource(frames: readonly Buffer[]): void {
    this.#passed.push({ atUs: this.#now(), from: 'source', frames });
  }

  fromConsumer(frames: readonly Buffer[]): void {
    this.#passed.push({ atUs: this.#now(), from: 'consumer', frames });
  }

  /**
   * The trips of the frames given, no two of which may be alike to the byte; undefined for one of which no
   * acknowledgement was seen.
   */
  of(frames: readonly SentFrame[]): (Trip | undefined)[] {
    this.#read();
    const byFrame = new Map(this.#seen.map((seen) => [seen.frame, seen]));
    return frames.map(({ frame, bootUs }) => {
      const seen = byFrame.get(frame);
      if (seen?.acknowledgedUs === undefined) return undefined;
      return {
        frame,
        toWire: (seen.onWireUs - bootUs) / 1000,
        toAcknowledgement: (seen.acknowledgedUs - seen.onWireUs) / 1000,
        whole: (seen.acknowledgedUs - bootUs) / 1000,
      };
    });
  }

  #read(): void {
    const passed = this.#passed;
    this.#passed = [];
    for (const { atUs, from, frames } of passed) {
      if (from === 'source') this.#sent(frames, atUs);
      else this.#acknowledged(frames, atUs);
    }
  }

  #sent([head, body]: readonly Buffer[], onWireUs: number): void {
    const { type, session, first } = parsed(head);
    if (type !== 'batch' || session === undefined || first === undefined) return;
    const lines = (body?.toString() ?? '').split('\n').filter((line) => line !== '');
    for (const [i, line] of lines.entries()) {
      const frame = /"raw_frame_hex":"([0-9a-f]+)"/.exec(line)?.[1];
      if (frame === undefined || this.#isKnown(session, first + i)) continue;
      const seen = { session, seq: first + i, frame, onWireUs, acknowledgedUs: undefined };
      this.#seen.push(seen);
      const waiting = this.#waiting.get(session);
      if (waiting === undefined) this.#waiting.set(session, [seen]);
      else waiting.push(seen);
    }
  }

  #acknowledged([head]: readonly Buffer[], at: number): void {
    const { type, session, seq } = parsed(head);
    if (type !== 'ack' || session === undefined || seq === undefined) return;
    const waiting = this.#waiting.get(session) ?? [];
    while ((waiting[0]?.seq ?? Infinity) <= seq) {
      const seen = waiting.shift();
      if (seen !== undefined) seen.acknowledgedUs = at;
    }
  }

  /** Sent again after a new hello: the first time counts. */
  #isKnown(session: string, seq: number): boolean {
    return (this.#waiting.get(session) ?? []).some((seen) => seen.seq === seq);
  }
}

function parsed(head: Buffer | undefined): Header {
  try {
    return JSON.parse(head?.toString() ?? '') as Header;
  } catch {
    return {};
  }
}
