/** Set in one thread, seen in another in the middle of its work. */
export class StopSign {
  /** For the other thread's sign. */
  readonly shared: SharedArrayBuffer;
  readonly #flag: Int32Array;

  constructor(shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#flag = new Int32Array(shared);
  }

  set(): void {
    Atomics.store(this.#flag, 0, 1);
  }

  get isSet(): boolean {
    return Atomics.load(this.#flag, 0) === 1;
  }
}
