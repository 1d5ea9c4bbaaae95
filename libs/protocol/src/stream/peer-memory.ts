/**
 * Tells when the process has grown so much that its peers have to be let go of. ZeroMQ bounds the
 * messages that wait and the length of each part, but keeps the parts of a message until its last
 * one has come, and every subscription that anyone makes: a peer that goes on and on with either
 * takes half a gigabyte a second. All of it goes with the connection.
 *
 * No sign of that reaches this thread, so it has to look, and a look of a process that sleeps costs a wake-up. One
 * watches for all sockets of the process, therefore, and looks often only while the memory grows. What a flood brings
 * between two looks of a quiet time is about the growth that is allowed anyway, so it takes no more by that.
 */
import { MemoryGrowth, type MemoryGrowthOptions } from './memory-growth.js';
import { PULSE_MS } from './tick.js';
import { Pulse } from './pulse.js';

/** Between two looks of a quiet process; every other one together with its other pulses. */
const QUIET_MS = PULSE_MS / 2;
/** Between two looks while the memory grows. */
const GROWING_MS = 100;

export class PeerMemory {
  readonly #growth: MemoryGrowth;
  readonly #letGo = new Set<() => void>();
  #pulse: Pulse | undefined;

  constructor(options: MemoryGrowthOptions = {}) {
    this.#growth = new MemoryGrowth(options);
  }

  /** `letGo` is called whenever too much was added; the function returned ends that. */
  watch(letGo: () => void): () => void {
    this.#letGo.add(letGo);
    this.#pulse ??= new Pulse(QUIET_MS, () => this.#look());
    return () => {
      this.#letGo.delete(letGo);
      if (this.#letGo.size > 0) return;
      this.#pulse?.stop();
      this.#pulse = undefined;
    };
  }

  /** The process is awake: a look costs little now. To be called as often as one likes. */
  awake(): void {
    this.#pulse?.awake();
  }

  #look(): void {
    const growth = this.#growth.look();
    if (growth === 'still') return;
    this.#pulse?.sooner(GROWING_MS);
    if (growth === 'exceeded') for (const letGo of [...this.#letGo]) letGo();
  }
}
