/**
 * The hand that kills: only processes of this run, only when they are alive, and a kill counts only
 * when the very process is dead afterwards.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { lives, send, stateOf, type ProcessId } from '@elmetron/rig';
import type { Player } from '../bench/cast.js';
import type { Situation, Tally } from '../tally.js';

const DEAD_WITHIN_MS = 10_000;

export class Hand {
  readonly #tally: Tally;
  readonly #stopped = new Map<number, ProcessId>();

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** Sends SIGKILL to all of them at once; resolves when they are dead. Returns how many it was. */
  async kill(players: readonly Player[], situation: Situation): Promise<number> {
    const struck = players.filter((player) => lives(player) && send(player.pid, 'SIGKILL'));
    for (const player of struck) {
      const until = performance.now() + DEAD_WITHIN_MS;
      while (lives(player)) {
        if (performance.now() > until) throw new Error(`Process ${player.pid} survives SIGKILL.`);
        await delay(2);
      }
      this.#stopped.delete(player.pid);
      this.#tally.killed(player.role, player.bench, situation, Date.now());
    }
    return struck.length;
  }

  /** SIGSTOP; true when it stands still. */
  async stop(player: Player): Promise<boolean> {
    if (!lives(player) || !send(player.pid, 'SIGSTOP')) return false;
    this.#stopped.set(player.pid, player);
    for (let tries = 0; tries < 500 && lives(player); tries++) {
      if (stateOf(player.pid)?.state === 'T') {
        this.#tally.stops++;
        return true;
      }
      await delay(2);
    }
    this.continue(player);
    return false;
  }

  continue(player: ProcessId): void {
    if (this.#stopped.delete(player.pid) && lives(player)) send(player.pid, 'SIGCONT');
  }

  /** Nobody stands still any more. */
  continueAll(): void {
    for (const player of [...this.#stopped.values()]) this.continue(player);
  }
}
