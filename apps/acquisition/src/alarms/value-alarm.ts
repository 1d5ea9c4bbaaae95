/** One limit on values: whether it is passed, since when, and how far it went. */
import type { Arrival } from '../meter/reading.js';
import { DelayedSwitch, type Verdict } from './delayed-switch.js';
import type { ValueRule } from './rule.js';
import { SpreadWindow } from './spread-window.js';

/** Why an alarm is over. */
export type LeftBecause =
  /** Values, or readings, are as they should be again. */
  | 'back'
  /** The meter shows another unit. */
  | 'other_unit'
  /** Nothing is watched beyond the end of a session. */
  | 'session_ended'
  /** The limit was changed or taken away. */
  | 'configuration';

export interface Entered {
  readonly what: 'entered';
  /** What passed the limit: the value, or the spread of `unstable`. */
  readonly value: number;
  readonly since: Arrival;
  readonly at: Arrival;
}

export interface Left {
  readonly what: 'left';
  readonly why: LeftBecause;
  /** When it was entered. */
  readonly from: Arrival;
  readonly at: Arrival;
  /** The farthest that it went. */
  readonly extreme: number;
}

export class ValueAlarm {
  readonly rule: ValueRule;
  readonly #switch: DelayedSwitch;
  readonly #window: SpreadWindow;
  #extreme: number | undefined;
  #entered: Entered | undefined;

  constructor(rule: ValueRule) {
    this.rule = rule;
    this.#switch = new DelayedSwitch(rule.delayMs);
    this.#window = new SpreadWindow(rule.windowMs);
  }

  /** While it is on. */
  get entered(): Entered | undefined {
    return this.#entered;
  }

  /** A value in the unit of the rule. */
  take(value: number, at: Arrival): Entered | Left | undefined {
    const { kind } = this.rule;
    const measured =
      kind === 'unstable' ? shownDigits(this.#window.add(value, at.monotonic)) : value;
    const since = this.#switch.take(this.#verdict(measured), at);
    if (this.#switch.on || this.#switch.rising) this.#extreme = this.#farther(measured);
    else if (since === undefined) this.#extreme = undefined;
    if (since === undefined) return undefined;
    return this.#switch.on ? this.#enter(measured, since, at) : this.#leave('back', at);
  }

  /** The meter shows another unit: as good as a value within the limits. */
  otherUnit(at: Arrival): Left | undefined {
    const turned = this.#switch.take('within', at) !== undefined;
    return turned ? this.#leave('other_unit', at) : undefined;
  }

  /** Over at once, when it was on; begins anew. */
  end(why: LeftBecause, at: Arrival): Left | undefined {
    this.#switch.reset();
    this.#window.clear();
    return this.#leave(why, at);
  }

  #verdict(measured: number): Verdict {
    const { limit, hysteresis } = this.rule;
    const beyond = shownDigits(this.rule.kind === 'low' ? limit - measured : measured - limit);
    if (beyond > 0) return 'beyond';
    return beyond <= -hysteresis ? 'within' : 'between';
  }

  #farther(measured: number): number {
    if (this.#extreme === undefined) return measured;
    return this.rule.kind === 'low'
      ? Math.min(this.#extreme, measured)
      : Math.max(this.#extreme, measured);
  }

  #enter(value: number, since: Arrival, at: Arrival): Entered {
    this.#entered = { what: 'entered', value, since, at };
    return this.#entered;
  }

  #leave(why: LeftBecause, at: Arrival): Left | undefined {
    const entered = this.#entered;
    const extreme = this.#extreme ?? entered?.value ?? 0;
    this.#entered = undefined;
    this.#extreme = undefined;
    return entered && { what: 'left', why, from: entered.at, at, extreme };
  }
}

/** Without the digits that only binary fractions make: 8 - 7.9 is 0.1, as a person has it. */
export function shownDigits(value: number): number {
  return Number(value.toPrecision(10));
}
