/** What was offered and not yet durable, at every moment that something became so. */
import { quantile } from '../statistics.js';
import type { AtRisk } from './spec.js';

export class RiskAccount {
  /** Every reading up to `last` had been offered at `at`. */
  readonly #offered: { readonly last: number; readonly at: number }[] = [];
  readonly #ms: number[] = [];
  readonly #records: number[] = [];
  #last = 0;
  #durable = 0;

  offered(last: number, at: number): void {
    if (last > this.#last) this.#offered.push({ last, at });
    this.#last = last;
  }

  /** The oldest of what this acknowledges had waited since it was offered. */
  acknowledged(seq: number, at: number): void {
    const oldest = this.#offered[0];
    if (oldest === undefined || seq <= this.#durable) return;
    this.#ms.push(at - oldest.at);
    this.#records.push(this.#last - this.#durable);
    this.#durable = seq;
    const open = this.#offered.findIndex(({ last }) => last > seq);
    this.#offered.splice(0, open === -1 ? this.#offered.length : open);
  }

  /** Null when nothing was acknowledged. */
  static of(accounts: readonly RiskAccount[]): AtRisk | null {
    const ms = accounts.flatMap((account) => account.#ms);
    const records = accounts.flatMap((account) => account.#records);
    if (ms.length === 0) return null;
    const shape = (values: readonly number[]) => ({
      p50: quantile(values, 0.5),
      p99: quantile(values, 0.99),
      most: quantile(values, 1),
    });
    return { ms: shape(ms), records: shape(records) };
  }
}
