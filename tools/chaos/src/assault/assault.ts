/** Carries out what the schedule says, on whoever is there at that moment. */
import { setTimeout as delay } from 'node:timers/promises';
import { catches, send } from '@elmetron/rig';
import { WRITERS, type Bench, type Place } from '../bench/bench.js';
import type { Tally } from '../tally.js';
import { lockDatabase } from './database-lock.js';
import { Hand } from './hand.js';
import type { Action, Step } from './schedule.js';
import { Victims } from './victims.js';

const LOCKED_WITHIN_MS = 2_000;
const OVERTAKEN_WITHIN_MS = 15_000;
const SIGHUP = 1;

export class Assault {
  readonly #bench: Bench;
  readonly #tally: Tally;
  readonly #hand: Hand;
  readonly #victims: Victims;
  /** What goes on beside the next steps. */
  #underWay: Promise<void>[] = [];

  constructor(bench: Bench, tally: Tally, signal: AbortSignal) {
    this.#bench = bench;
    this.#tally = tally;
    this.#hand = new Hand(tally);
    this.#victims = new Victims(bench, signal);
  }

  async carryOut({ pauseMs, action }: Step): Promise<void> {
    await delay(pauseMs);
    if (!(await this.#act(action))) this.#tally.missed.push(action.kind);
  }

  /** Waits for all that is still going on, and takes back every fault. */
  async cease(): Promise<void> {
    await Promise.all(this.#underWay);
    this.#underWay = [];
    this.#hand.continueAll();
    for (const { meter, relay } of this.#bench.places) {
      meter.behave();
      relay.letPass();
    }
  }

  /** False when there was nobody to do it to. */
  async #act(action: Action): Promise<boolean> {
    switch (action.kind) {
      case 'kill': {
        const player = await this.#victims.find(action.victim);
        return player !== undefined && (await this.#hand.kill([player], 'running')) > 0;
      }
      case 'stop':
        return this.#stop(action);
      case 'recovery':
        return this.#killRecovery(action);
      case 'recovery_locked':
        return this.#recoverLocked(action);
      case 'recovery_overtaken':
        return this.#overtake(action);
      case 'kill_all':
        return (await this.#hand.kill(this.#bench.cast.players(), 'all at once')) > 0;
      case 'swap':
        return this.#swap(action);
      case 'line':
        return this.#disturbLine(action);
      case 'connection':
        return this.#disturbConnection(action);
      case 'load':
        return this.#changeLoad(action);
    }
  }

  async #stop({ victim, ms, then }: Action & { kind: 'stop' }): Promise<boolean> {
    const player = await this.#victims.find(victim);
    if (player === undefined || !(await this.#hand.stop(player))) return false;
    this.#beside(async () => {
      await delay(ms);
      if (then === 'kill') await this.#hand.kill([player], 'stopped');
      else this.#hand.continue(player);
    });
    return true;
  }

  async #killRecovery({ moment, ms }: Action & { kind: 'recovery' }): Promise<boolean> {
    if (!(await this.#killWriter())) return false;
    const recovery = await this.#victims.recovery();
    if (recovery === undefined) return false;
    const replays = moment === 'replay' && (await this.#victims.replaying(recovery));
    // A replay is over in a moment.
    await delay(replays ? ms % 20 : ms);
    return (await this.#hand.kill([recovery], replays ? 'in a replay' : 'running')) > 0;
  }

  async #recoverLocked({ ms, kill }: Action & { kind: 'recovery_locked' }): Promise<boolean> {
    const unlock = await lockDatabase(this.#bench.configuration.databasePath, LOCKED_WITHIN_MS);
    if (unlock === undefined) return false;
    const since = performance.now();
    try {
      // What comes meanwhile is in buffers only: recovery will have something to replay.
      await delay(ms);
      if (!(await this.#killWriter())) return false;
      const recovery = await this.#victims.recovery();
      if (recovery === undefined) return false;
      await delay(ms);
      if (kill) await this.#hand.kill([recovery], 'database locked');
      return true;
    } finally {
      unlock();
      this.#tally.lockedMs += performance.now() - since;
    }
  }

  async #overtake({ then }: Action & { kind: 'recovery_overtaken' }): Promise<boolean> {
    if (!(await this.#killWriter())) return false;
    const recovery = await this.#victims.recovery();
    if (recovery === undefined) return false;
    await this.#victims.replaying(recovery);
    if (!(await this.#hand.stop(recovery))) return false;
    const runs = this.#victims.runs();
    const launcher = this.#bench.cast.players().find(({ pid }) => pid === recovery.parent);
    if (launcher !== undefined) await this.#hand.kill([launcher], 'running');
    await this.#victims.until(() => this.#victims.runs() > runs, OVERTAKEN_WITHIN_MS);
    if (then === 'kill') await this.#hand.kill([recovery], 'next writer running');
    else this.#hand.continue(recovery);
    return true;
  }

  async #swap({ ms }: Action & { kind: 'swap' }): Promise<boolean> {
    if ((await this.#victims.find({ role: 'writer' })) === undefined) return false;
    const names = new Set(this.#victims.writers().map(({ name }) => name));
    const next = WRITERS.find((name) => !names.has(name));
    this.#beside(async () => {
      if (next !== undefined) {
        await this.#bench.pm2.start([next]);
        this.#tally.swaps++;
      } else {
        // Both were killed and came back: they share the sources, until one is stopped.
        const stopped = await this.#bench.pm2.stop(WRITERS.slice(0, 1)).then(
          () => true,
          // It was just waiting for its restart, which PM2 calls an error.
          () => false,
        );
        if (stopped) this.#tally.orderlyStops++;
      }
    });
    await delay(ms);
    return true;
  }

  #disturbLine({ meter, fault, ms }: Action & { kind: 'line' }): boolean {
    const place = this.#place(meter);
    this.#tally.lineFaults++;
    switch (fault) {
      case 'unplug':
        place.meter.tell({ command: 'unplug' });
        break;
      case 'silence':
      case 'chunking':
        place.meter.tell({ command: fault, on: true });
        break;
      case 'noise':
        place.meter.tell({ command: 'noise', rate: 0.3 });
        break;
      case 'doubled':
        place.meter.tell({ command: 'doubled', rate: 0.2 });
        break;
      case 'latency':
        place.meter.tell({ command: 'latency', ms: 100 });
    }
    this.#beside(async () => {
      await delay(ms);
      place.meter.behave();
    });
    return true;
  }

  #disturbConnection({ meter, fault, ms }: Action & { kind: 'connection' }): boolean {
    const { relay } = this.#place(meter);
    this.#tally.connectionFaults++;
    if (fault === 'cut') relay.cut();
    else if (fault === 'half_close') relay.halfClose();
    else {
      relay.holdUp();
      this.#beside(async () => {
        await delay(ms);
        relay.letPass();
      });
    }
    return true;
  }

  async #changeLoad({ meter, load }: Action & { kind: 'load' }): Promise<boolean> {
    const { source } = this.#place(meter);
    this.#bench.configuration.writeAcquisition(source, load);
    this.#tally.loadChanges++;
    const player = await this.#victims.find({ role: 'acquisition', meter });
    // One that is just being started reads it by itself; the signal would end it.
    if (player !== undefined && catches(player.pid, SIGHUP)) send(player.pid, 'SIGHUP');
    return true;
  }

  /** Kills every writer once one has taken something, so that recovery has something to do; true when one was there. */
  async #killWriter(): Promise<boolean> {
    await this.#victims.settled();
    if ((await this.#victims.find({ role: 'writer' })) === undefined) return false;
    return (await this.#hand.kill(this.#victims.writers(), 'running')) > 0;
  }

  #beside(work: () => Promise<void>): void {
    const done = work();
    // Its failure is that of the run, once the round is over.
    done.catch(() => undefined);
    this.#underWay.push(done);
  }

  #place(meter: number): Place {
    const place = this.#bench.places[meter];
    if (place === undefined) throw new Error(`There is no meter ${meter}.`);
    return place;
  }
}
