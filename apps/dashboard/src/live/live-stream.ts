/**
 * One page that listens: server-sent events into an open response. What it does not read waits in memory up to a
 * bound; beyond it the page is let go of, and comes back by itself: nothing here may grow with its slowness.
 */
import type { ServerResponse } from 'node:http';

/** What waits for a page that reads slowly, in bytes, at most. */
const MOST_WAITING = 262_144;
/** After so long a page that has lost us tries again, in ms. */
const RETRY_MS = 1_000;

/** The part of a response that is used. */
export type OpenResponse = Pick<
  ServerResponse,
  'write' | 'end' | 'destroy' | 'writableLength' | 'once'
>;

export class LiveStream {
  readonly #response: OpenResponse;
  #open = true;
  #slow = false;

  /** @param closed called once, however it ends */
  constructor(response: OpenResponse, closed: (stream: LiveStream, slow: boolean) => void) {
    this.#response = response;
    response.once('close', () => {
      this.#open = false;
      closed(this, this.#slow);
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
  }

  /** `message`: whole events as they go over the wire. */
  send(message: Buffer | string): void {
    if (!this.#open) return;
    if (this.#response.writableLength > MOST_WAITING) {
      this.#slow = true;
      this.#open = false;
      this.#response.destroy();
      return;
    }
    this.#response.write(message);
  }

  end(): void {
    if (this.#open) this.#response.end();
    this.#open = false;
  }
}
