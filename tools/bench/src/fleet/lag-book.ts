/** When each record of a session was made, and how long it then took to be acknowledged. */
export class LagBook {
  readonly #lags: number[];
  /** By sequence number; NaN for one that is not counted. */
  readonly #madeAt: number[] = [];
  #acknowledged = -1;

  /** @param lags takes the milliseconds of each record, those of several sessions if need be */
  constructor(lags: number[]) {
    this.#lags = lags;
  }

  /** Records that were made and are not acknowledged. */
  get waiting(): number {
    return this.#madeAt.length - 1 - this.#acknowledged;
  }

  /** The next record, from number 0 on. `at`: monotonic, ms; NaN: its lag is not to count. */
  made(at: number): void {
    this.#madeAt.push(at);
  }

  /** Everything up to `seq` is durable. */
  acknowledged(seq: number, at: number): void {
    for (let next = this.#acknowledged + 1; next <= seq; next++) {
      const madeAt = this.#madeAt[next];
      if (madeAt === undefined)
        throw new Error(`record ${next} is acknowledged and was never made`);
      if (!Number.isNaN(madeAt)) this.#lags.push(at - madeAt);
    }
    this.#acknowledged = Math.max(this.#acknowledged, seq);
  }
}
