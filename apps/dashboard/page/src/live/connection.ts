/**
 * The stream of what is happening now, kept open: a browser's EventSource that is made anew as `reconnect.ts` says,
 * and that is asked why when it could not be made.
 */
import type { LiveEvents } from '../../../src/api/live.js';
import { tryStream } from '../api/client.js';
import { LIVE } from '../api/endpoints.js';
import { failureOf, type Failure } from '../api/failure.js';
import { firstLink, step, TICK_MS, type Link, type LinkEvent } from './reconnect.js';

export interface Heard {
  /** The state of the connection is another one. */
  link(link: Link): void;
  event<K extends keyof LiveEvents>(name: K, body: LiveEvents[K]): void;
  /** Why it could not be made. */
  refused(failure: Failure): void;
}

export class Connection {
  readonly #heard: Heard;
  #link = firstLink(Date.now());
  #events: EventSource | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(heard: Heard) {
    this.#heard = heard;
  }

  get link(): Link {
    return this.#link;
  }

  start(): void {
    this.#timer = setInterval(() => this.#step({ type: 'tick' }), TICK_MS);
    window.addEventListener('online', this.hurry);
    window.addEventListener('pageshow', this.hurry);
    document.addEventListener('visibilitychange', this.#seen);
    this.#connect();
  }

  stop(): void {
    clearInterval(this.#timer);
    window.removeEventListener('online', this.hurry);
    window.removeEventListener('pageshow', this.hurry);
    document.removeEventListener('visibilitychange', this.#seen);
    this.#close();
  }

  /** Tries at once if it is not open. */
  readonly hurry = (): void => this.#step({ type: 'hurry' });

  readonly #seen = (): void => {
    if (!document.hidden) this.hurry();
  };

  #step(event: LinkEvent): void {
    const { link, action } = step(this.#link, event, Date.now(), Math.random());
    const changed = link.phase !== this.#link.phase || link.lostAt !== this.#link.lostAt;
    this.#link = link;
    if (action !== null) this.#close();
    if (action === 'connect') this.#connect();
    if (changed) this.#heard.link(link);
  }

  #connect(): void {
    const events = new EventSource(LIVE);
    this.#events = events;
    // Only what it is told counts: a proxy may open a stream behind which there is nobody.
    events.onerror = () => {
      if (this.#events !== events) return;
      this.#step({ type: 'failed' });
      void this.#askWhy();
    };
    for (const name of ['hello', 'meters', 'readings', 'marks'] as const)
      events.addEventListener(name, ({ data }: MessageEvent<string>) => {
        if (this.#events !== events) return;
        this.#step({ type: 'heard' });
        this.#heard.event(name, JSON.parse(data) as never);
      });
  }

  #close(): void {
    this.#events?.close();
    this.#events = null;
  }

  async #askWhy(): Promise<void> {
    try {
      await tryStream(LIVE);
    } catch (error) {
      this.#heard.refused(failureOf(error));
    }
  }
}
