/**
 * What happens, to every page that listens. Readings and marks of a moment go out together: at once when nothing
 * went out a moment ago, else with the next ones; each message is made once for all pages.
 */
import type { Clock, Log } from '@elmetron/protocol';
import type { LiveEvents, Meter } from '../api/live.js';
import type { LiveReading, Mark } from '../api/readings.js';
import { DashboardError } from '../dashboard-error.js';
import { LiveStream, type OpenResponse } from './live-stream.js';

export interface BroadcastParts {
  readonly version: string;
  /** As they are now, for a page that has just come. */
  readonly meters: () => readonly Meter[];
  readonly clock: Clock;
  readonly log: Log;
  /** Pages that may listen at once; 100. */
  readonly mostPages?: number;
}

const MOST_PAGES = 100;
/** The shortest time between two messages with readings. */
const APART_MS = 50;
const HELLO_MS = 5_000;

export class Broadcast {
  readonly counters = { refused: 0, too_slow: 0 };
  readonly #parts: BroadcastParts;
  readonly #pages = new Set<LiveStream>();
  #readings: LiveReading[] = [];
  #marks: Mark[] = [];
  #sentAt = -Infinity;
  #flush: NodeJS.Timeout | undefined;
  #hello: NodeJS.Timeout | undefined;

  constructor(parts: BroadcastParts) {
    this.#parts = parts;
  }

  get pages(): number {
    return this.#pages.size;
  }

  start(): void {
    this.#hello = setInterval(() => {
      this.#sendAll(eventText('hello', this.#helloBody()));
    }, HELLO_MS);
  }

  /** Nothing more is sent. */
  stop(): void {
    clearInterval(this.#hello);
    clearTimeout(this.#flush);
    this.endPages();
  }

  /** They come back when there is a server again. */
  endPages(): void {
    for (const page of this.#pages) page.end();
    this.#pages.clear();
  }

  /** Throws DashboardError `busy`, before anything is written. */
  checkRoom(): void {
    if (this.#pages.size < (this.#parts.mostPages ?? MOST_PAGES)) return;
    this.counters.refused += 1;
    throw new DashboardError(
      'busy',
      `${this.#pages.size} pages are open, as many as there may be. Close one that is not needed.`,
    );
  }

  /** `response` has its head; it is written to until either side ends it. */
  add(response: OpenResponse): void {
    const page = new LiveStream(response, (closed, slow) => {
      this.#pages.delete(closed);
      if (!slow) return;
      this.counters.too_slow += 1;
      this.#parts.log.info({}, 'A page that does not read what it is sent was let go of');
    });
    this.#pages.add(page);
    page.send(eventText('hello', this.#helloBody()));
    page.send(eventText('meters', { meters: [...this.#parts.meters()] }));
  }

  reading(reading: LiveReading): void {
    if (this.#pages.size === 0) return;
    this.#readings.push(reading);
    this.#soon();
  }

  mark(mark: Mark): void {
    if (this.#pages.size === 0) return;
    this.#marks.push(mark);
    this.#soon();
  }

  meters(meters: readonly Meter[]): void {
    if (this.#pages.size === 0) return;
    this.#sendAll(eventText('meters', { meters: [...meters] }));
  }

  #soon(): void {
    if (this.#flush !== undefined) return;
    const wait = Math.max(0, this.#sentAt + APART_MS - this.#parts.clock.monotonic());
    this.#flush = setTimeout(() => {
      this.#flush = undefined;
      this.#sentAt = this.#parts.clock.monotonic();
      const [readings, marks] = [this.#readings, this.#marks];
      this.#readings = [];
      this.#marks = [];
      const parts = [
        ...(readings.length === 0 ? [] : [eventText('readings', { readings })]),
        ...(marks.length === 0 ? [] : [eventText('marks', { marks })]),
      ];
      this.#sendAll(parts.join(''));
    }, wait);
  }

  #helloBody(): LiveEvents['hello'] {
    return { now: this.#parts.clock.now(), version: this.#parts.version };
  }

  #sendAll(message: string): void {
    if (this.#pages.size === 0) return;
    const bytes = Buffer.from(message);
    for (const page of this.#pages) page.send(bytes);
  }
}

/** An event as it goes over the wire (HTML standard, "Server-sent events"): JSON has no line break of its own. */
function eventText<K extends keyof LiveEvents>(name: K, body: LiveEvents[K]): string {
  return `event: ${name}\ndata: ${JSON.stringify(body)}\n\n`;
}
