/** Warns early that the spool fills: when it is full, readings are lost. */
import type { Health } from '@elmetron/runtime';
import type { OutboxSpool } from './outbox.js';

const FILLING = 0.8;
/** Lower, so that a spool on the edge does not come and go in the log. */
const EMPTYING = 0.7;

export class SpoolWatch {
  readonly #spool: Pick<OutboxSpool, 'bytes' | 'maxBytes'>;
  readonly #health: Health;

  constructor(parts: {
    readonly spool: Pick<OutboxSpool, 'bytes' | 'maxBytes'>;
    readonly health: Health;
  }) {
    this.#spool = parts.spool;
    this.#health = parts.health;
  }

  /** To be called now and then. */
  pulse(): void {
    const { bytes, maxBytes } = this.#spool;
    const part = bytes / maxBytes;
    if (part < EMPTYING) this.#health.clear('spool_filling');
    if (part < FILLING) return;
    this.#health.raise(
      'spool_filling',
      `the spool is ${Math.round(part * 100)} % full (${bytes} of ${maxBytes} bytes): when it is full, ` +
        `readings are lost. Start or repair the writer, or raise acquisition.spool_max_bytes`,
    );
  }
}
