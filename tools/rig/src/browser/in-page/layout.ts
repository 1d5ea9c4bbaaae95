/// <reference lib="dom" />
/** How the page looks to whoever uses it. Handed to the page as text, see watch-text.ts. */

/** Whether the focus can be seen: on the element that has it, or on what it stands for, such as its card. */
export function focusIsSeen(): boolean {
  for (
    let at = document.activeElement;
    at !== null && at !== document.body;
    at = at.parentElement
  ) {
    const { outlineStyle, outlineWidth } = getComputedStyle(at);
    if (outlineStyle !== 'none' && outlineWidth !== '0px') return true;
  }
  return false;
}

/** How many px the page is wider than the screen. */
export function tooWide(): number {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth - clientWidth;
}

/** The colour of an element's text, as the browser has worked it out. */
export function colourOf(element: unknown): string {
  return getComputedStyle(element as Element).color;
}
