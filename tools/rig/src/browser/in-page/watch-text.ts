/// <reference lib="dom" />
/**
 * Functions that are handed to the page as text and run there: nothing outside of them is there, and what one of
 * them keeps for another hangs on the window.
 */

/** A text that an element had, from when on. Times are on the page's own clock, `performance.now()`. */
export interface SeenText {
  /** The DOM had it. */
  readonly at: number;
  /** The frame with it had been drawn; null: not yet. */
  readonly shownAt: number | null;
  readonly text: string;
}

/** Writes down from now on what an element says, the latest 5,000 changes. Once for each page. */
export function watchText(element: unknown): void {
  const watched = element as Element;
  const seen: { at: number; shownAt: number | null; text: string }[] = [];
  Object.assign(window, { seenTexts: seen });
  const look = (): void => {
    const text = watched.textContent;
    if (text === seen.at(-1)?.text) return;
    const entry = { at: performance.now(), shownAt: null as number | null, text };
    if (seen.push(entry) > 5_000) seen.shift();
    // The callback comes before the frame is drawn, a message sent from it after that.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        entry.shownAt = performance.now();
        port1.close();
      };
      port2.postMessage(undefined);
    });
  };
  look();
  new MutationObserver(look).observe(watched, {
    subtree: true,
    childList: true,
    characterData: true,
    attributes: true,
  });
}

/** What has been written down since the last time, and forgets it but for the latest. */
export function takeTexts(): SeenText[] {
  const { seenTexts = [] } = window as { seenTexts?: SeenText[] };
  return seenTexts.splice(0, Math.max(0, seenTexts.length - 1));
}

/** The page's own clock. */
export function pageNow(): number {
  return performance.now();
}
