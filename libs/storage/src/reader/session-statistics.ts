/** What was measured in a session, unit by unit, and what of it a recovery brought: one pass over its readings. */
import { ALL_NUMBERS, type ReadingScan, type TakeReading } from './curve/reading-scan.js';
import { RecoveredStretches, type RecoveredStretch } from './recovered-stretches.js';
import type { UnitStatistics } from './rows.js';

export interface SessionStatistics {
  /** That with the most measurements first. */
  readonly units: readonly UnitStatistics[];
  /** In the order of their times. */
  readonly recovered: readonly RecoveredStretch[];
}

export function readStatistics(scan: ReadingScan, sessionId: number): SessionStatistics {
  const units = new Map<string, UnitSum>();
  const recovered = new RecoveredStretches();
  const take: TakeReading = (at, value, unit, _temperature, _temperatureUnit, isRecovered) => {
    let sum = units.get(unit);
    if (sum === undefined) {
      sum = new UnitSum(unit);
      units.set(unit, sum);
    }
    sum.add(at, value);
    recovered.follow(at, isRecovered === 1);
  };
  scan.read(sessionId, ALL_NUMBERS, take);
  return {
    units: [...units.values()].map((sum) => sum.finish()).sort(mostFirst),
    recovered: recovered.finish(),
  };
}

function mostFirst(a: UnitStatistics, b: UnitStatistics): number {
  if (a.measurements !== b.measurements) return b.measurements - a.measurements;
  return a.unit < b.unit ? -1 : 1;
}

/**
 * Welford's way: the mean so far and the squared distances from it, so that nothing is lost where values
 * differ little for their size. (B. P. Welford, Technometrics 4 (1962), 419-420.)
 */
class UnitSum {
  readonly #unit: string;
  #measurements = 0;
  #values = 0;
  #mean = 0;
  #squares = 0;
  #least = Infinity;
  #greatest = -Infinity;
  #first = Infinity;
  #last = -Infinity;

  constructor(unit: string) {
    this.#unit = unit;
  }

  add(at: number, value: number | null): void {
    this.#measurements++;
    if (at < this.#first) this.#first = at;
    if (at > this.#last) this.#last = at;
    if (value === null) return;
    this.#values++;
    const before = value - this.#mean;
    this.#mean += before / this.#values;
    this.#squares += before * (value - this.#mean);
    if (value < this.#least) this.#least = value;
    if (value > this.#greatest) this.#greatest = value;
  }

  finish(): UnitStatistics {
    const some = this.#values > 0;
    return {
      unit: this.#unit,
      measurements: this.#measurements,
      without_value: this.#measurements - this.#values,
      least: some ? this.#least : null,
      greatest: some ? this.#greatest : null,
      mean: some ? this.#mean : null,
      standard_deviation: this.#values > 1 ? Math.sqrt(this.#squares / (this.#values - 1)) : null,
      first_at: new Date(this.#first).toISOString(),
      last_at: new Date(this.#last).toISOString(),
    };
  }
}
