/**
 * Says when a consumer is away for long, or is there and takes nothing, and when that is over:
 * meanwhile the spool fills.
 */
import type { Clock, ConsumerStatus } from '@elmetron/protocol';
import type { Health } from '@elmetron/runtime';

export interface ConsumerWatchParts {
  readonly consumers: () => readonly Pick<ConsumerStatus, 'consumer' | 'connected'>[];
  /** How many records each consumer has not acknowledged. */
  readonly unacknowledged: () => Readonly<Record<string, number>>;
  /** How often each consumer's acknowledgement has brought it further. */
  readonly progress: () => Readonly<Record<string, number>>;
  readonly clock: Clock;
  readonly health: Health;
}

/** Longer than a restart of a writer takes. */
const PATIENCE_MS = 15_000;

/** When a consumer was last as it should be, on the monotonic clock. */
interface Seen {
  connectedAt: number;
  movedAt: number;
  progress: number;
}

export class ConsumerWatch {
  readonly #parts: ConsumerWatchParts;
  readonly #seen = new Map<string, Seen>();

  constructor(parts: ConsumerWatchParts) {
    this.#parts = parts;
  }

  /** To be called now and then. */
  pulse(): void {
    const { consumers, unacknowledged, progress, clock } = this.#parts;
    const now = clock.monotonic();
    const owed = unacknowledged();
    const moved = progress();
    for (const { consumer, connected } of consumers()) {
      const seen = this.#seen.get(consumer) ?? { connectedAt: now, movedAt: now, progress: 0 };
      this.#seen.set(consumer, seen);
      const records = owed[consumer] ?? 0;
      const further = moved[consumer] ?? 0;
      if (connected) seen.connectedAt = now;
      if (!connected || records === 0 || further !== seen.progress) seen.movedAt = now;
      seen.progress = further;
      this.#away(consumer, now - seen.connectedAt >= PATIENCE_MS, records);
      this.#stalled(consumer, now - seen.movedAt >= PATIENCE_MS, records);
    }
  }

  #away(consumer: string, away: boolean, records: number): void {
    const { health } = this.#parts;
    if (away) {
      health.raise(
        'consumer_away',
        `${consumer} is not connected (${records} records wait for it); the readings are kept in the spool until it comes: is it running?`,
        { about: consumer },
      );
    } else health.clear('consumer_away', consumer);
  }

  #stalled(consumer: string, stalled: boolean, records: number): void {
    const { health } = this.#parts;
    if (stalled) {
      health.raise(
        'consumer_stalled',
        `${consumer} is connected but acknowledges nothing (${records} records wait for it); the readings are kept in the spool meanwhile: look at its health, neither its buffers nor its database may be writable`,
        { about: consumer },
      );
    } else health.clear('consumer_stalled', consumer);
  }
}
