/** Listens to the live feed of one bench for as long as the process lives. */
import { LiveListener, type LiveRecord } from '@elmetron/protocol';

export interface FeedParts {
  readonly endpoint: string;
  readonly take: (record: LiveRecord) => void;
  /** Nothing more is heard. */
  readonly failed: (error: unknown) => void;
}

export class Feed {
  readonly #listener: LiveListener;
  readonly #ended: Promise<void>;

  /** Connects now or as soon as somebody is there. Throws ProtocolError `endpoint_invalid`. */
  constructor({ endpoint, take, failed }: FeedParts) {
    this.#listener = new LiveListener({ endpoint: reachable(endpoint) });
    this.#ended = this.#listen(take).catch(failed);
  }

  async close(): Promise<void> {
    this.#listener.close();
    await this.#ended;
  }

  async #listen(take: FeedParts['take']): Promise<void> {
    for await (const record of this.#listener.records()) take(record);
  }
}

/** Where one connects to what is bound at every address. */
export function reachable(endpoint: string): string {
  return endpoint.replace(/^(tcp:\/\/)(?:\*|0\.0\.0\.0|\[::\])(?=:\d+$)/, '$1127.0.0.1');
}
