/** The colours of the curves, which the style sheet says for light and dark; and the dashes that go with them. */
export interface Colours {
  readonly line: readonly string[];
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly surface: string;
  readonly emulated: string;
  readonly stretch: string;
  readonly gap: string;
  readonly level: Readonly<Record<'info' | 'warning' | 'error', string>>;
}

export const LOOKS = 8;

/** Told apart also by who sees no colours. */
export const DASHES: readonly (readonly number[])[] = [
  [],
  [9, 4],
  [2, 3],
  [12, 4, 2, 4],
  [5, 3],
  [16, 6],
  [9, 3, 2, 3, 2, 3],
  [1, 5],
];

export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    line: Array.from({ length: LOOKS }, (_, i) => of(`line-${i + 1}`)),
    text: of('text'),
    muted: of('muted'),
    grid: of('grid'),
    surface: of('surface'),
    emulated: of('emulated-ink'),
    stretch: of('stretch'),
    gap: of('gap'),
    level: { info: of('accent'), warning: of('warn'), error: of('bad') },
  };
}
