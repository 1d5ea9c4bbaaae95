/** One meter as the page knows it: how it is, its last reading, its curve up to now, its marks. */
import type { Meter } from '../../../src/api/live.js';
import type { Curve, LiveReading, Mark } from '../../../src/api/readings.js';
import type { Failure } from '../api/failure.js';
import { settle } from '../api/settle.js';
import { Topic } from '../app/topic.js';
import { Decimals } from './decimals.js';
import type { History } from './history.js';
import { LiveCurve } from './live-curve.js';
import type { Origin } from './origin.js';
import { Origins } from './origins.js';
import { MarkBook } from './marks.js';

export interface Wish {
  readonly seconds: number;
  readonly points: number;
  /** Marks are asked for as well. */
  readonly marks: boolean;
}

const FIRST: Wish = { seconds: 600, points: 600, marks: false };

export class LiveMeter {
  /** A reading, a state, a piece of curve: something to draw again. */
  readonly topic = new Topic();
  readonly decimals = new Decimals();
  readonly marks = new MarkBook();
  readonly curve = new LiveCurve({ windowMs: FIRST.seconds * 1000, points: FIRST.points });
  meter: Meter;
  reading: LiveReading | null = null;
  /** Why the curve has no history. */
  failure: Failure | null = null;
  readonly #origins = new Origins();
  readonly #history: Pick<History, 'of'>;
  readonly #now: () => number;
  #wish: Wish | null = null;
  /** What the curve is: until the answer has come, what was wished for before. */
  #loaded: Wish | null = null;
  #asked: AbortController | null = null;

  constructor(meter: Meter, history: Pick<History, 'of'>, now: () => number) {
    this.meter = meter;
    this.#history = history;
    this.#now = now;
    this.update(meter);
  }

  get source(): string {
    return this.meter.source;
  }

  /** Of what is shown now. A meter that has shown nothing has nothing to be mistaken. */
  get origin(): Origin {
    const shows = this.reading !== null || this.curve.length > 0;
    return shows ? this.#origins.of(this.reading?.session ?? null, this.meter) : 'real';
  }

  update(meter: Meter): void {
    this.meter = meter;
    this.curve.intervalMs = meter.interval_ms;
    if (this.#origins.say(meter)) {
      this.curve.clear();
      this.reading = null;
      this.again();
    }
    if (meter.last_reading !== null) this.take(meter.last_reading);
    this.topic.changed();
  }

  take(reading: LiveReading): void {
    if (this.#origins.isOver(reading.session)) return;
    this.curve.append(reading);
    this.curve.drop(this.#now());
    this.#see(reading);
    if (this.#isNewer(reading)) this.reading = reading;
    this.topic.changed();
  }

  mark(marks: readonly Mark[]): void {
    this.marks.drop(this.#now() - Math.max(this.curve.windowMs, 3_600_000));
    if (this.marks.add(marks)) this.topic.changed();
  }

  /** What a view wants to show; what is there already is not asked for again. */
  want(wish: Wish): void {
    const now = this.#wish;
    if (
      now !== null &&
      now.seconds === wish.seconds &&
      now.points >= wish.points &&
      (now.marks || !wish.marks)
    )
      return;
    this.#wish = wish;
    this.#load(wish);
  }

  /** After a lost connection: asks for what came in between. */
  missed(): void {
    const wish = this.#wish;
    if (wish === null) return;
    if (wish === this.#loaded) this.#ask(wish, (curve) => this.curve.fill(curve));
    else this.#load(wish);
  }

  again(): void {
    const wish = this.#wish;
    this.#wish = null;
    if (wish !== null) this.want(wish);
  }

  #load(wish: Wish): void {
    this.#loaded = null;
    this.#ask(wish, (curve) => {
      this.curve.replace(curve, { windowMs: wish.seconds * 1000, points: wish.points });
      this.#loaded = wish;
    });
  }

  #ask(wish: Wish, take: (curve: Curve) => void): void {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    settle(
      this.#history.of(this.source, wish, asked.signal),
      asked.signal,
      ({ curve, marks, failure }) => {
        this.failure = failure;
        this.#learn(curve);
        take(curve);
        this.marks.add(marks);
        this.topic.changed();
      },
      (failure) => {
        this.failure = failure;
        this.topic.changed();
      },
    );
  }

  /** By its number: a clock that was set back must not keep an old value on the screen. */
  #isNewer({ session, seq, at }: LiveReading): boolean {
    const { reading } = this;
    if (reading === null) return true;
    if (session === reading.session) return seq >= reading.seq;
    return session === this.meter.session || at >= reading.at;
  }

  #see({ value, unit, temperature, temperature_unit }: LiveReading): void {
    if (value !== null) this.decimals.see(unit, value);
    if (temperature !== null) this.decimals.see(temperature_unit, temperature);
  }

  /** The decimals of the last readings before this page was there. */
  #learn(curve: Curve): void {
    for (const { unit, low } of [...curve.values, ...curve.temperatures])
      for (const value of low.slice(-200)) if (value !== null) this.decimals.see(unit, value);
  }
}
