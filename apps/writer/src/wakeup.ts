/** Lets one loop sleep until something happens or a time has passed, whichever comes first. */
export class Wakeup {
  #wake: (() => void) | undefined;
  #pending = false;

  /** Ends the current wait, or the next one at once. */
  wake(): void {
    if (this.#wake === undefined) this.#pending = true;
    else this.#wake();
  }

  /** @param ms at most so many milliseconds; undefined: until `wake()`. One waiter at a time. */
  async wait(ms?: number): Promise<void> {
    if (this.#pending) {
      this.#pending = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(done, ms);
      const clear = (): void => {
        this.#wake = undefined;
      };
      function done(): void {
        clearTimeout(timer);
        clear();
        resolve();
      }
      this.#wake = done;
    });
  }
}
