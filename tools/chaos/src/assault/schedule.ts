/**
 * What is done to the system, and when: drawn from a deck of everything there is to do, shuffled anew
 * for each round. So every round has every kind of fault, in an order that only the seed knows, and
 * what comes next never depends on how the last thing went.
 */
import { Random } from '@elmetron/meter';
import type { Load } from '../bench/load.js';

/** An acquisition by the index of its meter, or whichever writer there is. */
export type Victim =
  { readonly role: 'acquisition'; readonly meter: number } | { readonly role: 'writer' };

export type LineFault = 'unplug' | 'silence' | 'noise' | 'chunking' | 'latency' | 'doubled';
export type ConnectionFault = 'cut' | 'half_close' | 'hold_up';

export type Action =
  /** SIGKILL. */
  | { readonly kind: 'kill'; readonly victim: Victim }
  /** SIGSTOP, after `ms` SIGCONT or SIGKILL; other things go on meanwhile. */
  | {
      readonly kind: 'stop';
      readonly victim: Victim;
      readonly ms: number;
      readonly then: 'continue' | 'kill';
    }
  /** The writer is killed, and then recovery: with a buffer open, or at any moment. */
  | { readonly kind: 'recovery'; readonly moment: 'replay' | 'any'; readonly ms: number }
  /** The same with the database locked by another process: recovery is killed, or has to wait. */
  | { readonly kind: 'recovery_locked'; readonly ms: number; readonly kill: boolean }
  /** Recovery stands still in a replay, its launcher is killed, the next writer comes; then it goes on or dies. */
  | { readonly kind: 'recovery_overtaken'; readonly then: 'continue' | 'kill' }
  /** Everything at once. */
  | { readonly kind: 'kill_all' }
  /** The other writer takes over; `ms` later things go on, whether or not it has. */
  | { readonly kind: 'swap'; readonly ms: number }
  | {
      readonly kind: 'line';
      readonly meter: number;
      readonly fault: LineFault;
      readonly ms: number;
    }
  | {
      readonly kind: 'connection';
      readonly meter: number;
      readonly fault: ConnectionFault;
      readonly ms: number;
    }
  /** Another poll rate: a switch of the profile. */
  | { readonly kind: 'load'; readonly meter: number; readonly load: Load };

export interface Step {
  /** Milliseconds before it. */
  readonly pauseMs: number;
  readonly action: Action;
}

export interface Round {
  /** How often the writer commits in it. */
  readonly commitIntervalMs: number;
  readonly steps: readonly Step[];
}

/** How often each kind stands in the deck of a round. */
const DECK: Readonly<Record<Action['kind'], number>> = {
  kill: 36,
  stop: 6,
  recovery: 4,
  recovery_locked: 2,
  recovery_overtaken: 2,
  kill_all: 3,
  swap: 2,
  line: 3,
  connection: 4,
  load: 3,
};

/** Every kind, and no more of the cheap ones than that takes. */
const SHORT_DECK: typeof DECK = {
  ...DECK,
  kill: 10,
  stop: 2,
  kill_all: 1,
  swap: 1,
  line: 2,
  connection: 2,
};

export class Schedule {
  readonly #chance: Random;
  readonly #meters: number;
  readonly #deck: typeof DECK;
  /** So that those kinds that come in variants come in each of them, not only by chance. */
  readonly #turns = new Map<string, number>();

  constructor(seed: number, meters: number, short = false) {
    this.#deck = short ? SHORT_DECK : DECK;
    this.#chance = new Random(seed);
    this.#meters = meters;
  }

  nextRound(): Round {
    const kinds = Object.entries(this.#deck).flatMap(([kind, count]) =>
      Array.from({ length: count }, () => kind as Action['kind']),
    );
    return {
      commitIntervalMs: this.#chance.pick(200, 1000, 3000),
      steps: this.#chance.shuffled(kinds).map((kind) => ({
        pauseMs: this.#chance.happens(0.35)
          ? this.#chance.between(0, 30)
          : this.#chance.between(50, 700),
        action: this.#action(kind),
      })),
    };
  }

  #action(kind: Action['kind']): Action {
    const chance = this.#chance;
    const meter = chance.between(0, this.#meters - 1);
    switch (kind) {
      case 'kill':
        return { kind, victim: this.#victim(meter) };
      case 'stop': {
        const ms = chance.happens(0.1) ? chance.between(5_500, 7_000) : chance.between(50, 2_000);
        return {
          kind,
          victim: this.#victim(meter),
          ms,
          then: this.#inTurn('stop', 'continue', 'kill'),
        };
      }
      case 'recovery':
        return {
          kind,
          moment: this.#inTurn('moment', 'replay', 'any'),
          ms: chance.between(0, 400),
        };
      case 'recovery_locked':
        return { kind, ms: chance.between(300, 2_500), kill: this.#inTurn('locked', true, false) };
      case 'recovery_overtaken':
        return { kind, then: this.#inTurn('overtaken', 'continue', 'kill') };
      case 'kill_all':
        return { kind };
      case 'swap':
        return { kind, ms: chance.between(0, 2_000) };
      case 'line': {
        const fault = chance.pick<LineFault>(
          'unplug',
          'silence',
          'noise',
          'chunking',
          'latency',
          'doubled',
        );
        return { kind, meter, fault, ms: chance.between(200, 2_500) };
      }
      case 'connection': {
        const fault = chance.pick<ConnectionFault>('cut', 'half_close', 'hold_up');
        return { kind, meter, fault, ms: chance.between(100, 1_500) };
      }
      case 'load':
        return {
          kind,
          meter,
          load: this.#inTurn<Load>('load', 'burst', 'steady', 'burst', 'calm'),
        };
    }
  }

  /** Acquisitions more often: there are several, and what is done to recovery kills writers too. */
  #victim(meter: number): Victim {
    return this.#chance.happens(0.25) ? { role: 'writer' } : { role: 'acquisition', meter };
  }

  #inTurn<T>(name: string, ...choices: readonly [T, ...T[]]): T {
    const turn = this.#turns.get(name) ?? 0;
    this.#turns.set(name, turn + 1);
    return choices[turn % choices.length] ?? choices[0];
  }
}
