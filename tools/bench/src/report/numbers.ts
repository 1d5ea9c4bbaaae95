/** Numbers as a person reads them. */

/** Three figures that say something, thousands apart: 1.23, 45.6, 789, 12 345. */
export function shown(value: number): string {
  const size = Math.abs(value);
  if (size >= 100 || Number.isInteger(value)) {
    return value.toFixed(0).replace(/\B(?=(?:\d{3})+$)/g, ' ');
  }
  return value.toFixed(size >= 10 ? 1 : size >= 0.1 || size === 0 ? 2 : 4);
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
