/** Something that changes and that others want to hear of; they look for themselves at what it is now. */
export class Topic {
  readonly #listeners = new Set<() => void>();
  #version = 0;

  /** Grows by one with each change. */
  get version(): number {
    return this.#version;
  }

  /** Returns what ends it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(): void {
    this.#version++;
    for (const listener of [...this.#listeners]) listener();
  }
}
