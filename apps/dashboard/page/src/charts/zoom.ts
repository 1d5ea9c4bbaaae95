/** What of a curve is shown, and how it becomes more, less or another part. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** Nothing is seen closer than this, in ms. */
const LEAST = 1000;

export const width = ({ from, to }: View): number => to - from;

/** Of all that there is; a single reading gets a second around it. */
export function wholeOf(first: number, last: number): View {
  if (last - first >= LEAST) return { from: first, to: last };
  const middle = (first + last) / 2;
  return { from: middle - LEAST / 2, to: middle + LEAST / 2 };
}

/** `factor` below 1 shows less, above 1 more; what is at `centre` stays where it is. */
export function zoomed(view: View, whole: View, factor: number, centre?: number): View {
  const fixed = centre ?? (view.from + view.to) / 2;
  const length = Math.min(width(whole), Math.max(LEAST, width(view) * factor));
  const part = (fixed - view.from) / width(view);
  return within({ from: fixed - length * part, to: fixed + length * (1 - part) }, whole);
}

/** By a part of what is shown; negative is earlier. */
export function moved(view: View, whole: View, part: number): View {
  const by = width(view) * part;
  return within({ from: view.from + by, to: view.to + by }, whole);
}

/** As much of it as there is: moved first, and cut if that is not enough. */
export function within(view: View, whole: View): View {
  const length = Math.min(width(whole), Math.max(LEAST, width(view)));
  const from = Math.min(Math.max(view.from, whole.from), whole.to - length);
  return { from, to: from + length };
}

export const isWhole = (view: View, whole: View): boolean =>
  view.from <= whole.from && view.to >= whole.to;
