/**
 * How a page's clock stands to that of this process: both monotonic, both of one machine. A question and its
 * answer bracket the page's time; the narrowest of many brackets counts, and its half is what may be wrong.
 */
import type { Page } from 'playwright-core';
import { pageNow } from './in-page/watch-text.js';

export interface PageClock {
  /** A time of the page on the clock of this process (`performance.now()`), ms. */
  readonly toOurs: (pageTime: number) => number;
  /** At most so many ms wrong, either way. */
  readonly uncertainty: number;
}

const QUESTIONS = 30;

export async function relateClock(page: Page): Promise<PageClock> {
  let [offset, uncertainty] = [0, Infinity];
  for (let i = 0; i < QUESTIONS; i++) {
    const asked = performance.now();
    const theirs = await page.evaluate(pageNow);
    const answered = performance.now();
    const half = (answered - asked) / 2;
    if (half < uncertainty) [offset, uncertainty] = [asked + half - theirs, half];
  }
  return { toOurs: (pageTime) => pageTime + offset, uncertainty };
}
