/**
 * Finds those whom a fault is meant for. Most of them have just been killed and are being started
 * again, so they are waited for; all of it has a bound, and ends with the run.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { lives, openFilesOf } from '@elmetron/rig';
import type { Bench } from '../bench/bench.js';
import type { Player } from '../bench/cast.js';
import { bufferNames } from '../bench/files.js';
import type { Victim } from './schedule.js';

const THERE_WITHIN_MS = 8_000;

export class Victims {
  readonly #bench: Bench;
  readonly #signal: AbortSignal;

  constructor(bench: Bench, signal: AbortSignal) {
    this.#bench = bench;
    this.#signal = signal;
  }

  /** The youngest, when there are several. */
  find(victim: Victim): Promise<Player | undefined> {
    const name =
      victim.role === 'acquisition' ? this.#bench.places[victim.meter]?.source.name : undefined;
    return this.#await(({ role, bench }) => role === victim.role && (name ?? bench) === bench);
  }

  recovery(): Promise<Player | undefined> {
    return this.#await(({ role }) => role === 'recovery');
  }

  /** Those that are there at this moment, the one that serves and the one that it took over from. */
  writers(): Player[] {
    return this.#bench.cast.players().filter(({ role }) => role === 'writer');
  }

  /** Waits until no recovery is at work and a writer has a buffer: a next recovery will have something to do. */
  async settled(): Promise<void> {
    const { cast, configuration } = this.#bench;
    await this.until(() => {
      const recovering = cast.players().some(({ role }) => role === 'recovery');
      return !recovering && bufferNames(configuration.capturesDir).length > 0;
    }, THERE_WITHIN_MS);
  }

  /** Waits until it has a buffer open; false when it ended without. */
  async replaying(recovery: Player): Promise<boolean> {
    let open = false;
    await this.until(() => {
      open = openFilesOf(recovery.pid).some((path) => path.endsWith('_buffer.jsonl'));
      return open || !lives(recovery);
    }, THERE_WITHIN_MS);
    return open;
  }

  /** Runs of writers that any acquisition has heard of so far. */
  runs(): number {
    return new Set(this.#bench.places.flatMap(({ witness }) => [...witness.runs])).size;
  }

  async until(condition: () => boolean, withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    while (!condition() && performance.now() < until && !this.#signal.aborted) await delay(1);
  }

  async #await(fits: (player: Player) => boolean): Promise<Player | undefined> {
    let found: Player | undefined;
    await this.until(() => {
      found = this.#bench.cast.players().findLast(fits);
      return found !== undefined;
    }, THERE_WITHIN_MS);
    return found;
  }
}
