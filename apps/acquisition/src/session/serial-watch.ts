/**
 * Tells another meter from a serial number with a flipped digit: no checksum protects a frame, and
 * one bad frame must not cut a session of weeks in pieces. A frame of another serial number than
 * the session's waits, without a number, for what the next good frame says.
 *
 * The price: a kill in the one poll interval after a real change of meter takes the frame that waits
 * besides the one on the wire. Whatever else ends the waiting has to ask for it with `give`.
 */
import type { Reading } from '../meter/reading.js';

export interface SerialVerdict {
  /** Readings of a meter that is sure by now, oldest first; none while one waits. */
  readonly sure: readonly Reading[];
  /** The frame that waited and that no second one confirmed. */
  readonly odd: Reading | undefined;
}

export class SerialWatch {
  #waiting: Reading | undefined;

  /** `known`: the serial number of the session; undefined without one, when any is as good. */
  check(reading: Reading, known: string | undefined): SerialVerdict {
    const waited = this.give();
    if (known === undefined || reading.serial === known) return { sure: [reading], odd: waited };
    if (waited?.serial === reading.serial) return { sure: [waited, reading], odd: undefined };
    this.#waiting = reading;
    return { sure: [], odd: waited };
  }

  /** The frame that waits: there will be no second one to confirm it. */
  give(): Reading | undefined {
    const waited = this.#waiting;
    this.#waiting = undefined;
    return waited;
  }
}
