/** What is told of several runs: the middle one, and how far the others lie from it. */

/** Of a list with at least one number. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value below which the share `q` (0 to 1) of the values lies, between two of them where need be.
 * Throws RangeError for an empty list: nothing measured has no middle.
 */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0)
    throw new RangeError('no values: there is nothing to take a quantile of');
  const sorted = [...values].sort((a, b) => a - b);
  const place = q * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** Half the way from the least to the most, as a share of the median: ±0.1 is ten per cent. 0 for a median of 0. */
export function spread(values: readonly number[]): number {
  const middle = median(values);
  if (middle === 0) return 0;
  return (Math.max(...values) - Math.min(...values)) / 2 / Math.abs(middle);
}
