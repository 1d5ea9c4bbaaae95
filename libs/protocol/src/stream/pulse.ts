/**
 * Something that is done every so often, and sooner when the process is awake anyway: to be woken for it costs many
 * times what it costs by itself. Pulses of one length that beat in the same turn stay together: Node wakes once
 * for all of them.
 */
export class Pulse {
  readonly #ms: number;
  readonly #beat: () => void;
  #timer: NodeJS.Timeout | undefined;
  #beatAt = 0;
  /** A beat comes this very turn. */
  #due = false;

  /** `beat` is called for the first time after `ms`; keeps no process alive. */
  constructor(ms: number, beat: () => void) {
    this.#ms = ms;
    this.#beat = beat;
    this.#wait(ms);
  }

  /** The process is awake: if a beat is not long ago, it is not worth another. Costs next to nothing. */
  awake(): void {
    if (this.#due || this.#timer === undefined) return;
    if (performance.now() - this.#beatAt < EARLIEST * this.#ms) return;
    this.#due = true;
    // Not in the middle of what its caller does.
    setImmediate(() => {
      if (this.#due) this.#now();
    });
  }

  /** The next beat, and only that, comes after so many ms. */
  sooner(ms: number): void {
    if (this.#timer !== undefined) this.#wait(ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#due = false;
  }

  #now(): void {
    this.#wait(this.#ms);
    this.#beat();
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    this.#due = false;
    this.#beatAt = performance.now();
    this.#timer = setTimeout(() => this.#now(), ms).unref();
  }
}

/** Of the time between two beats, how much has passed at least. */
const EARLIEST = 0.4;
