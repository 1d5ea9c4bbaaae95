/**
 * How far apart the readings of a series usually are, and with it from where on readings are missing. A
 * median, for one long gap must not make all the others look short; counted in steps of 3 %, so that
 * millions of readings take no more room than a hundred.
 */

/** A reading that is late by less than one of the meter's own is not missing: it may have been a poll too late. */
const LEAST_GAP_MS = 2_500;
const TIMES_USUAL = 3;

/** Steps in each doubling, as a power of two; below twice as many ms each one counts for itself. */
const STEP_BITS = 5;
const STEPS = 1 << STEP_BITS;
const LONGEST_MS = 0x7fffffff;

export class UsualDistance {
  readonly #counts = new Uint32Array((31 - STEP_BITS + 1) * STEPS);
  #total = 0;
  #before: number | undefined;

  /** The time of the next reading in the order of their numbers; times of a clock set back count for nothing. */
  follow(at: number): void {
    if (this.#before !== undefined && at > this.#before) {
      const step = stepOf(at - this.#before);
      this.#counts[step] = (this.#counts[step] ?? 0) + 1;
      this.#total++;
    }
    this.#before = at;
  }

  /** Two readings farther apart than this, in ms, have a gap between them. */
  get gapMs(): number {
    return Math.max(LEAST_GAP_MS, TIMES_USUAL * this.#median());
  }

  /** 0 when there are no two readings. */
  #median(): number {
    const half = Math.ceil(this.#total / 2);
    let below = 0;
    if (half === 0) return 0;
    for (const [step, count] of this.#counts.entries()) {
      below += count;
      if (below >= half) return middleOf(step);
    }
    return 0;
  }
}

function stepOf(ms: number): number {
  const whole = Math.min(ms, LONGEST_MS);
  const shift = Math.max(0, 31 - Math.clz32(whole) - STEP_BITS);
  return shift * STEPS + (whole >> shift);
}

function middleOf(step: number): number {
  const shift = Math.max(0, (step >> STEP_BITS) - 1);
  return (step - shift * STEPS) * 2 ** shift + (2 ** shift - 1) / 2;
}
