/** Where a curve's picture comes from: one that is there, or one that is made anew as time goes on. */
import { Topic } from '../app/topic.js';
import type { Picture } from './picture.js';

export interface Feed {
  /** Of this moment; null: nothing to show yet. */
  picture(): Picture | null;
  /** Calls back when there is another one. */
  subscribe(changed: () => void): () => void;
}

export class FixedFeed implements Feed {
  readonly #topic = new Topic();
  #picture: Picture | null = null;

  picture(): Picture | null {
    return this.#picture;
  }

  subscribe(changed: () => void): () => void {
    return this.#topic.subscribe(changed);
  }

  show(picture: Picture | null): void {
    this.#picture = picture;
    this.#topic.changed();
  }
}
