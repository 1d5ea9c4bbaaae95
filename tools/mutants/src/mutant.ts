/**
 * A mutant is the product with one line of its durability code gone wrong. Tests that prove a
 * promise prove it only as far as they notice when it is broken: each mutant must be caught, and
 * stays here for good. They are made from the built files, so that the product needs no switch.
 */
export interface Patch {
  /** A built file, from the root of the tree: `libs/storage/dist/buffer/append-file.js`. */
  readonly file: string;
  /** Has to occur exactly once; how it is indented and wrapped does not matter. */
  readonly find: string;
  readonly replace: string;
}

export interface Mutant {
  readonly name: string;
  /** What does not hold any more, as a sentence. */
  readonly breaks: string;
  /** Scenarios of `crash-states` that catch it, the quickest first. */
  readonly scenarios: readonly string[];
  /** Also tried in short forms. */
  readonly quick?: boolean;
  readonly patches: readonly Patch[];
}
