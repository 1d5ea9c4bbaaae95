/** How well the line behaves: set by options at the start, changed by commands while it runs. */
export interface Behaviour {
  /** Milliseconds between a poll's last byte and the answer's first. */
  latencyMs: number;
  /** At most so many answers a second; a poll that comes sooner is answered later. Infinity: no limit. */
  answersPerSecond: number;
  /** Answers fall into random pieces at any byte, with gaps. */
  chunking: boolean;
  /** Probability of noise before an answer, and again after it. */
  noise: number;
  /** Probability that an answer starts over after its header by itself. */
  doubled: number;
  /** So many of the next answers start over for certain. */
  doubledNext: number;
  /** Polls are heard and not answered. */
  silent: boolean;
}

export const GOOD_BEHAVIOUR: Readonly<Behaviour> = {
  latencyMs: 0.2,
  answersPerSecond: Infinity,
  chunking: false,
  noise: 0,
  doubled: 0,
  doubledNext: 0,
  silent: false,
};
