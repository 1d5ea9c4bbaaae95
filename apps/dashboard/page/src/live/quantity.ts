/** What a meter shows: a value in some unit, or its temperature. */
export interface Quantity {
  readonly kind: 'value' | 'temperature';
  readonly unit: string;
}

export const quantityKey = ({ kind, unit }: Quantity): string => `${kind}:${unit}`;

export const quantityName = ({ kind, unit }: Quantity): string =>
  kind === 'temperature' ? `temperature, ${unit}` : unit === '' ? 'value' : unit;

/** Two curves at once at most: the value, in the unit that the meter shows now, and another one. */
export interface Choice {
  /** A key; `now`: the unit of the moment. */
  readonly first: string;
  /** A key; `temperature`: whatever its unit; `none`. */
  readonly second: string;
}

export interface Picked {
  readonly first: Quantity | null;
  readonly second: Quantity | null;
}

export function chosen(choice: Choice, there: readonly Quantity[], unitNow: string | null): Picked {
  const byKey = (key: string): Quantity | undefined =>
    there.find((quantity) => quantityKey(quantity) === key);
  const values = there.filter(({ kind }) => kind === 'value');
  const first =
    byKey(choice.first) ?? values.find(({ unit }) => unit === unitNow) ?? values.at(-1) ?? null;
  const second =
    choice.second === 'temperature'
      ? (there.findLast(({ kind }) => kind === 'temperature') ?? null)
      : (byKey(choice.second) ?? null);
  return { first, second: second === first ? null : second };
}
