/**
 * How long a reading takes from its arrival to the screen. Its arrival is `captured_at`, taken when the last byte
 * of the meter's answer was here, and known by the live feed; the screen is the first frame after the page's DOM
 * has had its value. Both are brought to the clock of this process, see page-clock.ts.
 */
import type { Page } from 'playwright-core';
import { LiveListener } from '@elmetron/protocol';
import type { Bench } from '../bench.js';
import { takeTexts, watchText } from './in-page/watch-text.js';
import { relateClock, type PageClock } from './page-clock.js';

/** A value at a time, in ms. */
export interface Moment {
  readonly value: number;
  readonly at: number;
}

/**
 * What is shown belongs to the latest reading of its value that had arrived by then; with it all earlier ones have
 * been shown, or passed over. `slack`: so much earlier than its arrival may something seem to be shown.
 */
export function delaysOf(
  arrived: readonly Moment[],
  shown: readonly Moment[],
  slack: number,
): { readonly delays: number[]; readonly waiting: Moment[] } {
  const delays: number[] = [];
  let next = 0;
  for (const { value, at } of shown) {
    const of = arrived.findLastIndex((one) => one.value === value && one.at <= at + slack);
    for (; next <= of; next++) delays.push(at - (arrived[next]?.at ?? NaN));
  }
  return { delays, waiting: arrived.slice(next) };
}

export class ReadingDelays {
  readonly #page: Page;
  readonly #listener: LiveListener;
  #clock: PageClock;
  #arrived: Moment[] = [];
  #latest: number | undefined;
  readonly #heard: Promise<void>;

  private constructor(page: Page, listener: LiveListener, clock: PageClock) {
    this.#page = page;
    this.#listener = listener;
    this.#clock = clock;
    this.#heard = this.#listen();
  }

  /** `source`: the meter, of the bench's own acquisition, whose value on the live view is watched. */
  static async begin(bench: Bench, page: Page, source: string): Promise<ReadingDelays> {
    await valueOf(page, source).evaluate(watchText);
    const clock = await relateClock(page);
    const endpoint = `tcp://127.0.0.1:${bench.ports.live}`;
    return new ReadingDelays(page, new LiveListener({ endpoint }), clock);
  }

  /** At most so many ms may each delay be wrong. `captured_at` is rounded to whole ms besides. */
  get uncertainty(): number {
    return this.#clock.uncertainty;
  }

  /**
   * Milliseconds of every reading since the last time that changed the value. One that the page has passed over
   * counts until a later one is shown.
   */
  async take(): Promise<number[]> {
    // Two clocks run apart, ever so slowly.
    this.#clock = await relateClock(this.#page);
    const seen = await this.#page.evaluate(takeTexts);
    const shown = seen.flatMap(({ text, shownAt }) => {
      const value = Number(/-?\d+(?:\.\d+)?/.exec(text)?.[0]);
      return shownAt === null ? [] : [{ value, at: this.#clock.toOurs(shownAt) }];
    });
    const { delays, waiting } = delaysOf(this.#arrived, shown, this.uncertainty + 1);
    this.#arrived = waiting;
    return delays;
  }

  /** Readings that have arrived and that the page has not shown, or `take` has not been asked for. */
  get waiting(): number {
    return this.#arrived.length;
  }

  async end(): Promise<void> {
    this.#listener.close();
    await this.#heard;
  }

  async #listen(): Promise<void> {
    for await (const { record } of this.#listener.records()) {
      if (record.type !== 'measurement' || record.decoded.value === null) continue;
      const { value } = record.decoded;
      // The same value again changes nothing on the page.
      if (value === this.#latest) continue;
      this.#latest = value;
      const since = Date.now() - Date.parse(record.captured_at);
      this.#arrived.push({ value, at: performance.now() - since });
    }
  }
}

/** A meter on the live view: alone and large, or one of several. */
export function meterOn(page: Page, source: string) {
  return page.getByRole('article', { name: new RegExp(`^${source}(,|$)`) });
}

/** Its large number. */
export function valueOf(page: Page, source: string) {
  return meterOn(page, source).getByRole('status', { name: 'Value' });
}
