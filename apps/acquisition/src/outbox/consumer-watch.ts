/** Says when a consumer is away for long, and when it is back: meanwhile the spool fills. */
import type { Clock, ConsumerStatus, Log } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';

export interface ConsumerWatchParts {
  readonly consumers: () => readonly Pick<ConsumerStatus, 'consumer' | 'connected'>[];
  readonly unacknowledged: () => Readonly<Record<string, number>>;
  readonly clock: Clock;
  readonly health: Health;
  readonly log: Log;
}

/** Longer than a restart of a writer takes. */
const AWAY_MS = 15_000;

export class ConsumerWatch {
  readonly #parts: ConsumerWatchParts;
  readonly #seen = new Map<string, number>();
  readonly #away = new Set<string>();

  constructor(parts: ConsumerWatchParts) {
    this.#parts = parts;
  }

  /** To be called now and then. */
  pulse(): void {
    const { consumers, clock, health } = this.#parts;
    const now = clock.monotonic();
    for (const { consumer, connected } of consumers()) {
      const seen = this.#seen.get(consumer);
      if (connected || seen === undefined) this.#seen.set(consumer, now);
      if (connected) this.#back(consumer);
      else if (now - (seen ?? now) >= AWAY_MS) this.#gone(consumer);
    }
    if (this.#away.size === 0) health.clear('consumer_away');
    else health.raise('consumer_away', 'degraded', this.#message([...this.#away]));
  }

  #gone(consumer: string): void {
    if (this.#away.has(consumer)) return;
    this.#away.add(consumer);
    this.#parts.log.warn({ consumer }, this.#message([consumer]));
  }

  #back(consumer: string): void {
    if (this.#away.delete(consumer)) this.#parts.log.info({ consumer }, `${consumer} is back`);
  }

  #message(names: readonly string[]): string {
    const owed = this.#parts.unacknowledged();
    const each = names.map((name) => `${name} (${owed[name] ?? 0} records wait for it)`).join(', ');
    return `not connected: ${each}; the readings are kept in the spool until it comes: is it running?`;
  }
}
