/** The curves of one meter up to now: a series for each unit that it displayed, and for its temperature. */
import { gapLimitMs } from '../../../src/api/gap.js';
import type { Curve, LiveReading } from '../../../src/api/readings.js';
import { quantitiesIn } from './lines.js';
import { quantityKey, type Quantity } from './quantity.js';
import { Rhythm } from './rhythm.js';
import { LiveSeries, type SeriesOptions } from './series.js';

export class LiveCurve {
  /** The usual distance of two readings as the server knows it, in ms. */
  intervalMs: number | null = null;
  readonly #rhythm = new Rhythm();
  #options: SeriesOptions;
  readonly #series = new Map<string, { quantity: Quantity; series: LiveSeries }>();

  constructor(options: SeriesOptions) {
    this.#options = options;
  }

  get windowMs(): number {
    return this.#options.windowMs;
  }

  /** Readings farther apart have a gap between them. */
  get gapMs(): number {
    return gapLimitMs(this.intervalMs ?? this.#rhythm.usual);
  }

  get quantities(): Quantity[] {
    return [...this.#series.values()].map(({ quantity }) => quantity);
  }

  of(key: string): LiveSeries | undefined {
    return this.#series.get(key)?.series;
  }

  /** In points; for what measures the page. */
  get length(): number {
    return [...this.#series.values()].reduce((sum, { series }) => sum + series.length, 0);
  }

  append(reading: LiveReading): void {
    this.#rhythm.heard(reading.at);
    const gap = this.gapMs;
    const { at, value, unit, temperature, temperature_unit } = reading;
    this.#append({ kind: 'value', unit }, at, value, gap);
    this.#append({ kind: 'temperature', unit: temperature_unit }, at, temperature, gap);
  }

  /** Another window or fineness: what is there stays until `replace`. */
  replace(curve: Curve, options: SeriesOptions): void {
    this.#options = options;
    this.#learn(curve);
    const old = new Map(this.#series);
    this.#series.clear();
    for (const [quantity, sent] of quantitiesIn(curve)) {
      const series = new LiveSeries(options);
      const before = old.get(quantityKey(quantity))?.series;
      if (before !== undefined) series.continue(before, curve.from);
      series.replace(sent, curve.bucket_ms, this.gapMs);
      this.#series.set(quantityKey(quantity), { quantity, series });
    }
    // A unit that came up after the answer was made.
    for (const [key, { quantity, series }] of old) {
      if (this.#series.has(key) || (series.columns.at.at(-1) ?? 0) <= curve.to) continue;
      const tail = new LiveSeries(options);
      tail.continue(series, curve.to);
      this.#series.set(key, { quantity, series: tail });
    }
  }

  fill(curve: Curve): void {
    this.#learn(curve);
    for (const [quantity, sent] of quantitiesIn(curve))
      this.#seriesOf(quantity).fill(sent, curve.bucket_ms, this.gapMs);
  }

  /** Other readings begin, which must not be joined to those that are there. */
  clear(): void {
    this.#series.clear();
  }

  /** Lets go of what has left the window that ends at `now`. */
  drop(now: number): void {
    for (const [key, { series }] of this.#series) {
      series.drop(now - this.windowMs);
      if (series.length === 0) this.#series.delete(key);
    }
  }

  /** The usual distance, of a page that has not heard enough itself. */
  #learn(curve: Curve): void {
    if (curve.bucket_ms !== 0 || this.#rhythm.usual !== null) return;
    this.#rhythm.learn(curve.values[0]?.at.slice(-20) ?? []);
  }

  #append(quantity: Quantity, at: number, value: number | null, gap: number): void {
    // A meter without a temperature sends neither value nor unit.
    if (quantity.unit === '' && value === null) return;
    this.#seriesOf(quantity).append(at, value, gap);
  }

  #seriesOf(quantity: Quantity): LiveSeries {
    const key = quantityKey(quantity);
    const known = this.#series.get(key);
    if (known !== undefined) return known.series;
    const series = new LiveSeries(this.#options);
    this.#series.set(key, { quantity, series });
    return series;
  }
}
