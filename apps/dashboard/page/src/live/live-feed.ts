/** The picture of a meter as time goes on: with each reading, and as the moments move to the left without one. */
import { Topic } from '../app/topic.js';
import type { Feed } from '../charts/feed.js';
import type { Picture } from '../charts/picture.js';
import type { LiveMeter } from './live-meter.js';
import type { LiveStore } from './live-store.js';
import { livePicture } from './live-picture.js';
import type { Choice } from './quantity.js';

const MOVES_MS = 1000;

export class LiveFeed implements Feed {
  readonly #store: LiveStore;
  readonly #meter: LiveMeter;
  readonly #topic = new Topic();
  #choice: Choice;
  #held: Picture | null = null;

  constructor(store: LiveStore, meter: LiveMeter, choice: Choice) {
    this.#store = store;
    this.#meter = meter;
    this.#choice = choice;
  }

  picture(): Picture {
    return this.#held ?? livePicture(this.#meter, this.#end(), this.#choice);
  }

  subscribe(changed: () => void): () => void {
    const stops = [this.#meter.topic.subscribe(changed), this.#topic.subscribe(changed)];
    const timer = setInterval(() => {
      if (this.#held === null && !this.#store.lost) changed();
    }, MOVES_MS);
    return () => {
      clearInterval(timer);
      for (const stop of stops) stop();
    };
  }

  choose(choice: Choice): void {
    this.#choice = choice;
    if (this.#held !== null) this.#held = livePicture(this.#meter, this.#held.to, choice);
    this.#topic.changed();
  }

  /** Stands still; what comes is kept, and shown when it goes on. */
  hold(held: boolean): void {
    const picture = this.picture();
    this.#held = held
      ? {
          ...picture,
          lines: picture.lines.map((line) => ({ ...line, columns: structuredClone(line.columns) })),
        }
      : null;
    this.#topic.changed();
  }

  /** Without a connection the curve stays where it was: there is nothing to say of the moments since. */
  #end(): number {
    const { lostAt } = this.#store.connection.link;
    return lostAt === null ? this.#store.now : this.#store.clock.at(lostAt);
  }
}
