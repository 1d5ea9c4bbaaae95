/**
 * The live feed, for as long as its endpoint is to be had. It is there to be looked at; nothing that
 * is wrong with it may keep a reading from being recorded.
 */
import { LiveFeed, ProtocolError, type LiveFeedOptions } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';
import type { Timers } from '@elmetron/link';

export interface LiveParts extends LiveFeedOptions {
  readonly timers: Timers;
  readonly health: Health;
}

const RETRY_MS = 5000;

export class Live {
  readonly #parts: LiveParts;
  #feed: LiveFeed | undefined;
  #closed = false;
  #cancelRetry = (): void => undefined;

  /** @throws ProtocolError `endpoint_invalid`; a busy endpoint is tried again now and then. */
  static async start(parts: LiveParts): Promise<Live> {
    const live = new Live(parts);
    await live.#bind();
    return live;
  }

  private constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  get counters(): { readonly published: number; readonly dropped: number } | undefined {
    return this.#feed?.counters;
  }

  publish(line: Buffer): void {
    this.#feed?.publish(line);
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry();
    this.#feed?.close();
    this.#feed = undefined;
  }

  async #bind(): Promise<void> {
    const { health, endpoint } = this.#parts;
    try {
      const feed = await LiveFeed.bind(this.#parts);
      health.clear('live_feed_down');
      if (this.#closed) feed.close();
      else this.#feed = feed;
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.code !== 'endpoint_busy') throw error;
      const message =
        `there is no live feed, its endpoint ${endpoint} is taken by another program: stop that ` +
        `program, or change acquisition.live_endpoint`;
      health.raise('live_feed_down', message);
      this.#retry();
    }
  }

  #retry(): void {
    this.#cancelRetry = this.#parts.timers.after(RETRY_MS, () => {
      this.#bind().catch((error: unknown) => {
        this.#parts.log.error({ err: error }, 'the live feed cannot be started');
      });
    });
  }
}
