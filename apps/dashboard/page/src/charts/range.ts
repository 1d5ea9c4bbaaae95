/**
 * How far a value's axis reaches. Wide enough for all of it, never so narrow that the last digit's flicker looks
 * like a storm, and calm: it changes only when a value leaves it, or when much of it has become empty.
 */
export interface Range {
  readonly min: number;
  readonly max: number;
}

/** `step`: the least that the meter shows, 0.01 for two decimals. */
export function rangeOf(
  least: number | null,
  greatest: number | null,
  step: number,
  before: Range | null,
): Range {
  if (least === null || greatest === null) return before ?? { min: 0, max: 1 };
  if (before !== null && holds(before, least, greatest, step)) return before;
  const narrowest = step * 20;
  const span = Math.max(greatest - least, narrowest);
  const middle = (least + greatest) / 2;
  const grid = niceStep((span * 1.12) / 8);
  const min = Math.floor((middle - (span * 1.12) / 2) / grid) * grid;
  const max = Math.ceil((middle + (span * 1.12) / 2) / grid) * grid;
  return { min: clean(min, grid), max: clean(max, grid) };
}

function holds({ min, max }: Range, least: number, greatest: number, step: number): boolean {
  if (least < min || greatest > max) return false;
  return Math.max(greatest - least, step * 20) > (max - min) * 0.3;
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
export function niceStep(least: number): number {
  if (!(least > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((f) => f * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Without the dust of binary fractions. */
function clean(value: number, grid: number): number {
  const decimals = Math.min(12, Math.max(0, -Math.floor(Math.log10(grid))));
  return Number(value.toFixed(decimals));
}
