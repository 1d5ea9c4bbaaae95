/**
 * The one loop that writes session buffers. While a sync runs, deliveries gather; each round takes
 * at most `recordsPerSync` records of every session, appends them, syncs all files side by side,
 * and only then lets the acknowledgements go. Rounds of a few records keep a distance, because each sync
 * makes the disk write whole pages; with many sessions it rests after each round, because each of their
 * files has to be synced by itself: fewer syncs, each of more records. What no buffer can take is
 * acknowledged by the commit in the database instead; the ledger of the session keeps the order.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@elmetron/protocol';
import type { Delivery } from './delivery.js';
import type { SessionBuffers } from './session-buffers.js';
import type { BacklogEntry } from './backlog.js';
import type { SessionIntake } from './session-intake.js';
import type { SetAside } from './set-aside.js';

/**
 * From the beginning of one round to the next, unless it has enough to take. Less than the pace of a meter at line
 * rate, whose readings so wait for nothing; at 1,000 a second it halves what the disk has to write.
 */
const DISTANCE_MS = 10;
/** Records that are worth a sync at once. */
const ENOUGH_RECORDS = 100;
/** So many files in a round cost little. */
const FEW_SESSIONS = 8;
/** Rest for each file of the round, and at most: well below the 100 ms that a reading may be on its way. */
const REST = { eachMs: 0.6, mostMs: 40 };

export interface GroupCommitOptions {
  readonly recordsPerSync: number;
  readonly buffers: SessionBuffers;
  readonly setAside: SetAside;
  /** Hands what is on its way to the store to the committer of its database. */
  readonly commit: (session: SessionIntake, entry: BacklogEntry) => void;
  /** What is on disk is unknown now: nothing may be acknowledged any more. */
  readonly fatal: (error: unknown) => void;
  readonly clock: Clock;
  /** Waits between two rounds. */
  readonly rest?: (ms: number) => Promise<unknown>;
}

export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #queue: Delivery[] = [];
  #running: Promise<void> | undefined;
  #dead = false;
  /** On the clock's monotonic scale. */
  #notBefore = -Infinity;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  push(delivery: Delivery): void {
    this.#queue.push(delivery);
    this.#running ??= this.#run();
  }

  /** Resolves when everything pushed so far has been written and synced, or handed to the database. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // The first round waits one turn, so that what arrives together is synced together.
    await Promise.resolve();
    while (this.#queue.length > 0 && !this.#dead) {
      await this.#keepDistance();
      const began = this.#options.clock.monotonic();
      const rounds = [...this.#takeRound()];
      try {
        await Promise.all(rounds.map(([session, group]) => this.#write(session, group)));
      } catch (error) {
        this.#dead = true;
        this.#options.fatal(error);
      }
      this.#notBefore = this.#restsUntil(rounds.length, began);
    }
    this.#running = undefined;
  }

  async #keepDistance(): Promise<void> {
    const { clock, rest = delay } = this.#options;
    const left = this.#notBefore - clock.monotonic();
    if (left > 0) await rest(left);
  }

  #restsUntil(sessions: number, began: number): number {
    const { clock } = this.#options;
    if (sessions > FEW_SESSIONS)
      return clock.monotonic() + Math.min(REST.mostMs, REST.eachMs * sessions);
    const waiting = this.#queue.reduce((sum, { records }) => sum + records, 0);
    return waiting >= ENOUGH_RECORDS ? began : began + DISTANCE_MS;
  }

  #takeRound(): Map<SessionIntake, Delivery[]> {
    const round = new Map<SessionIntake, Delivery[]>();
    const counts = new Map<SessionIntake, number>();
    const rest: Delivery[] = [];
    for (const delivery of this.#queue) {
      const { session, records } = delivery;
      const count = counts.get(session) ?? 0;
      if (count > 0 && count + records > this.#options.recordsPerSync) {
        counts.set(session, Infinity);
        rest.push(delivery);
        continue;
      }
      counts.set(session, count + Math.max(1, records));
      const group = round.get(session);
      if (group === undefined) round.set(session, [delivery]);
      else group.push(delivery);
    }
    this.#queue = rest;
    return round;
  }

  async #write(session: SessionIntake, group: readonly Delivery[]): Promise<void> {
    const { buffers, commit } = this.#options;
    const ranges = await buffers.write(session, group);
    let reached: number | undefined;
    for (const [i, delivery] of group.entries()) {
      const { lines, table, records } = delivery;
      const range = ranges?.[i];
      if (range === undefined && records > 0) {
        const committed = (): void => {
          acknowledge(session, this.#settle(delivery));
        };
        commit(session, { range, lines, table, records, committed });
        continue;
      }
      if (records > 0) commit(session, { range, lines, table, records });
      reached = this.#settle(delivery) ?? reached;
    }
    acknowledge(session, reached);
    // Not only when its source says so: that may end before the last word of it arrives.
    if (group.some(({ isEnd }) => isEnd)) void buffers.end(session.session);
  }

  /**
   * The lines are durable: returns what may be acknowledged now. What has to be set aside with them
   * may take as long as a locked database; it holds up its own session's acknowledgements only.
   */
  #settle(delivery: Delivery): number | undefined {
    const { session, poison, hole, entry } = delivery;
    if (poison.length === 0 && hole === undefined) return session.ledger.settle(entry);
    this.#options.setAside
      .keep(delivery)
      .then(() => {
        acknowledge(session, session.ledger.settle(entry));
      })
      .catch(this.#options.fatal);
    return undefined;
  }
}

function acknowledge(session: SessionIntake, reached: number | undefined): void {
  if (reached !== undefined) session.acknowledge(reached);
}
