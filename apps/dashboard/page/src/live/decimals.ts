/**
 * How many decimals a meter shows. The server sends numbers, and 7.10 arrives as 7.1: so the most that was
 * seen in a unit counts. It goes down only when the value has changed often without ever needing so many
 * (another range of the meter), and not because it rests at 7.00: a figure must not jump.
 */
const CHANGES_TO_GO_DOWN = 20;
const MOST = 6;

interface Seen {
  decimals: number;
  /** Since a value last needed them all: how often it changed, and the most decimals that it needed. */
  changes: number;
  since: number;
  last: number;
}

export class Decimals {
  readonly #units = new Map<string, Seen>();

  see(unit: string, value: number): void {
    const decimals = decimalsOf(value);
    const seen = this.#units.get(unit);
    if (seen === undefined) {
      this.#units.set(unit, { decimals, changes: 0, since: 0, last: value });
      return;
    }
    if (decimals >= seen.decimals) {
      Object.assign(seen, { decimals, changes: 0, since: 0, last: value });
      return;
    }
    if (value === seen.last) return;
    seen.last = value;
    seen.changes++;
    seen.since = Math.max(seen.since, decimals);
    if (seen.changes >= CHANGES_TO_GO_DOWN)
      Object.assign(seen, { decimals: seen.since, changes: 0, since: 0 });
  }

  of(unit: string): number {
    return this.#units.get(unit)?.decimals ?? 0;
  }
}

/** The fewest decimals that write `value` as it is. */
export function decimalsOf(value: number): number {
  if (!Number.isFinite(value)) return 0;
  const [digits = '', exponent = '0'] = String(value).toLowerCase().split('e');
  const point = digits.indexOf('.');
  const after = point < 0 ? 0 : digits.length - point - 1;
  return Math.min(MOST, Math.max(0, after - Number(exponent)));
}
