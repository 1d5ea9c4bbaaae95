/** A curve in the making: a series for each unit, in full as long as there are no more readings than points. */
import type { Curve, SeriesOfUnit } from './curve.js';
import { SeriesBuilder } from './series-builder.js';

/** A meter has about ten; what a noisy line makes of them must not fill the memory. */
const MOST_SERIES = 64;

export class CurveBuilder {
  readonly #from: number;
  readonly #to: number;
  readonly #points: number;
  readonly #bucketMs: number;
  readonly #values = new Map<string, SeriesBuilder>();
  readonly #temperatures = new Map<string, SeriesBuilder>();
  #readings = 0;
  #condensed = false;
  #leftOut = 0;

  constructor(from: number, to: number, points: number) {
    this.#from = from;
    this.#to = to;
    this.#points = points;
    this.#bucketMs = Math.max(1, Math.ceil((to - from + 1) / points));
  }

  /** What comes from now on is of another session. */
  nextSession(): void {
    for (const all of [this.#values, this.#temperatures]) {
      for (const series of all.values()) series.nextSession();
    }
  }

  /** One out of the range only tells how far apart readings are. */
  readonly add = (
    at: number,
    value: number | null,
    unit: string,
    temperature: number | null,
    temperatureUnit: string,
  ): void => {
    const inside = at >= this.#from && at <= this.#to;
    if (inside && ++this.#readings > this.#points && !this.#condensed) this.#condense();
    this.#addTo(this.#values, unit, at, value, inside);
    this.#addTo(this.#temperatures, temperatureUnit, at, temperature, inside);
  };

  finish(): Curve {
    return {
      from: this.#from,
      to: this.#to,
      readings: this.#readings,
      bucketMs: this.#condensed ? this.#bucketMs : 0,
      values: finished(this.#values),
      temperatures: finished(this.#temperatures),
      leftOut: this.#leftOut,
    };
  }

  #addTo(
    all: Map<string, SeriesBuilder>,
    unit: string,
    at: number,
    value: number | null,
    inside: boolean,
  ): void {
    let series = all.get(unit);
    if (series === undefined) {
      if (all.size >= MOST_SERIES) {
        if (inside && value !== null) this.#leftOut++;
        return;
      }
      series = new SeriesBuilder(unit);
      if (this.#condensed) series.condense(this.#from, this.#bucketMs);
      all.set(unit, series);
    }
    series.follow(at);
    if (inside) series.add(at, value);
  }

  #condense(): void {
    this.#condensed = true;
    for (const all of [this.#values, this.#temperatures]) {
      for (const series of all.values()) series.condense(this.#from, this.#bucketMs);
    }
  }
}

function finished(all: Map<string, SeriesBuilder>): SeriesOfUnit[] {
  return [...all.values()].flatMap((series) => series.finish() ?? []);
}
