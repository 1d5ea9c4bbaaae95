/**
 * What the live feeds say: the latest readings of each source, and word of each as it comes, for whoever wants to
 * show it.
 */
import type { LiveRecord, Log, SessionStart } from '@elmetron/protocol';
import type { LiveReading, Mark } from '../api/readings.js';
import { liveReading } from './live-reading.js';
import { MarkBook } from './mark-book.js';
import { Ring } from './ring.js';

/** What is known of the session that a source is in, from its first record. */
export type Beginning = Pick<
  SessionStart,
  'session' | 'started_at' | 'profile' | 'device' | 'emulated'
>;

export interface LiveSource {
  readonly ring: Ring;
  /** Of the session that began last while somebody listened here. */
  readonly beginning: Beginning | undefined;
  /** On the monotonic clock, when the last reading came in here. */
  readonly heardAt: number | undefined;
  /** The session of which something was heard last, and when; undefined when its end was. */
  readonly session: { readonly name: string; readonly at: number } | undefined;
}

export interface LiveHubParts {
  readonly sources: readonly string[];
  readonly monotonic: () => number;
  readonly reading: (reading: LiveReading) => void;
  readonly mark: (mark: Mark) => void;
  /** A session has begun or ended. */
  readonly changed: (source: string) => void;
  readonly log: Log;
}

interface Heard {
  ring: Ring;
  beginning: Beginning | undefined;
  heardAt: number | undefined;
  session: { readonly name: string; readonly at: number } | undefined;
}

export class LiveHub {
  readonly #parts: LiveHubParts;
  readonly #sources: ReadonlyMap<string, Heard>;
  readonly #book = new MarkBook();
  readonly #foreign = new Set<string>();

  constructor(parts: LiveHubParts) {
    this.#parts = parts;
    this.#sources = new Map(
      parts.sources.map((source) => [
        source,
        { ring: new Ring(), beginning: undefined, heardAt: undefined, session: undefined },
      ]),
    );
  }

  /** undefined: the page shows no such source. */
  source(name: string): LiveSource | undefined {
    return this.#sources.get(name);
  }

  /** @param expected the source of the bench at whose endpoint it came */
  take(expected: string, { source, record }: Pick<LiveRecord, 'source' | 'record'>): void {
    const heard = this.#sources.get(source);
    if (heard === undefined || source !== expected) {
      this.#tellForeign(expected, source);
      return;
    }
    const { session } = record;
    const over = record.type === 'session_end';
    heard.session = over ? undefined : { name: session, at: this.#parts.monotonic() };
    switch (record.type) {
      case 'session_start':
        // One that was killed has had no end.
        if (heard.beginning !== undefined) this.#book.forget(heard.beginning.session);
        heard.beginning = record;
        this.#parts.changed(source);
        return;
      case 'measurement': {
        const reading = liveReading(source, record);
        if (!heard.ring.add(reading)) return;
        heard.heardAt = this.#parts.monotonic();
        this.#parts.reading(reading);
        return;
      }
      case 'audit_event':
        this.#parts.mark(this.#book.take(session, record));
        return;
      case 'session_end':
        this.#book.forget(session);
        this.#parts.changed(source);
        return;
      case 'metadata_update':
    }
  }

  #tellForeign(expected: string, source: string): void {
    const known = `${expected} ${source}`;
    // A program that makes names up must not fill the log, nor the memory.
    if (this.#foreign.has(known) || this.#foreign.size >= 20) return;
    this.#foreign.add(known);
    this.#parts.log.warn(
      { expected, source },
      `At the live endpoint of ${expected} ${source} is published, which is not shown: do two configurations share an endpoint?`,
    );
  }
}
