/** Where an axis from 0 has its marks: at most six of them, at steps of 1, 2 or 5, the last not below `most`. */
export function ticks(most: number): number[] {
  if (!(most > 0)) return [0, 1];
  const rough = most / 5;
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * size).find((wide) => wide * 5 >= most) ?? 10 * size;
  const count = Math.ceil(most / step - 1e-9);
  // Multiplied, not added up, and rounded: no 0.30000000000000004 on an axis.
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}
