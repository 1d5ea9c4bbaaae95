/** The clocks and the one way of waiting, so that tests own the time of line and device. */
import { systemClock, type Clock } from '@elmetron/protocol';

export interface Time extends Clock {
  /** Calls `act` once, about `ms` milliseconds from now; the answer calls it off. */
  after(ms: number, act: () => void): () => void;
}

export const realTime: Time = {
  ...systemClock,
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};
