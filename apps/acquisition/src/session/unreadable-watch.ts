/**
 * A value that cannot be read (`-----` on the display) is stored as null with its raw frame, each
 * time; that it is so, is said only when it changes.
 */
import type { Reading } from '../meter/reading.js';

export interface UnreadableChange {
  /** What cannot be read from now on; empty: all can be read again. */
  readonly fields: readonly string[];
  /** What it was before, how many readings it concerned, and since when (UTC, milliseconds). */
  readonly before: {
    readonly fields: readonly string[];
    readonly readings: number;
    readonly from: number;
  };
}

export class UnreadableWatch {
  #fields: readonly string[] = [];
  #readings = 0;
  #from = 0;

  check(reading: Reading): UnreadableChange | undefined {
    const fields = [...reading.unreadable].sort();
    if (fields.join() === this.#fields.join()) {
      this.#readings++;
      return undefined;
    }
    const before = { fields: this.#fields, readings: this.#readings, from: this.#from };
    this.#fields = fields;
    this.#readings = 1;
    this.#from = reading.at;
    return { fields, before };
  }
}
