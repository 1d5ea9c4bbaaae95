/**
 * What the watchdog of systemd is fed with: that polls go out, or that the link is being tried. A meter that
 * is silent or unplugged does not matter, a capture that has come to a standstill does.
 */
import type { Clock } from '@elmetron/protocol';
import type { Capture } from '../meter/capture.js';
import type { PollFigures } from '../meter/poller.js';

export interface ProofOfLifeParts {
  readonly capture: Pick<Capture, 'opened' | 'profile'>;
  readonly polls: PollFigures;
  readonly clock: Clock;
}

/** Whatever is tried on a link gives up long before. */
const LEAST_MS = 60_000;
const LEAST_POLLS = 3;

/** The function returned throws when nothing has moved for too long. */
export function proofOfLife({ capture, polls, clock }: ProofOfLifeParts): () => void {
  let steps = -1;
  let movedAt = clock.monotonic();
  return () => {
    const now = clock.monotonic();
    const done = polls.sent + polls.missed + capture.opened;
    if (done !== steps) {
      steps = done;
      movedAt = now;
      return;
    }
    const still = now - movedAt;
    if (still <= Math.max(LEAST_MS, LEAST_POLLS * capture.profile.intervalMs)) return;
    throw new Error(
      `for ${Math.round(still / 1000)} s no poll was sent, and no link was tried to open`,
    );
  };
}
