/**
 * One meter's own account against the readings in the database. Every frame bears its number, so each
 * is followed by itself: into exactly one record, in the order in which it was sent.
 *
 * A kill of acquisition may cost the frame that was on the wire: the last one that was sent before the
 * process was dead. No other one, and no second one.
 */
import type { SentFrame } from '@elmetron/rig';
import type { Violation } from './verdict.js';

/** A kill of an acquisition, by the same clock as the account. */
export interface AcquisitionKill {
  /** UTC, milliseconds: the process was dead at this moment. */
  readonly deadAt: number;
}

export interface StoredReading {
  readonly session: string;
  readonly seq: number;
  readonly frame: string;
}

export interface FrameComparison {
  readonly violations: readonly Violation[];
  readonly whole: number;
  readonly cut: number;
  /** Whole, in no record. */
  readonly lost: number;
}

/** @param readings in the order of sessions and numbers */
export function compareFrames(
  name: string,
  account: readonly SentFrame[],
  readings: readonly StoredReading[],
  kills: readonly AcquisitionKill[],
): FrameComparison {
  const violations: Violation[] = [];
  const places = new Map(account.map((frame, place) => [frame.frame, place]));
  const used = new Map<number, StoredReading>();
  let before = -1;
  for (const reading of readings) {
    const said = `record ${reading.seq} of session ${reading.session} (${name})`;
    const place = places.get(reading.frame);
    const frame = place === undefined ? undefined : account[place];
    if (place === undefined || frame === undefined) {
      violations.push({
        kind: 'invented',
        what: `${said}: the meter never sent this frame, ${reading.frame}`,
      });
      continue;
    }
    const first = used.get(place);
    if (first !== undefined) {
      const what = `${said} and record ${first.seq} of session ${first.session} are one frame of the meter`;
      violations.push({ kind: 'doubled', what });
      continue;
    }
    used.set(place, reading);
    if (!frame.whole) {
      violations.push({
        kind: 'invented',
        what: `${said}: its frame did not wholly leave the meter`,
      });
    }
    if (place < before) {
      violations.push({
        kind: 'out_of_order',
        what: `${said}: its frame was sent before that of the record before it`,
      });
    }
    before = Math.max(before, place);
  }
  const explained = lastBefore(account, kills);
  let lost = 0;
  for (const [place, frame] of account.entries()) {
    if (!frame.whole || used.has(place)) continue;
    lost++;
    if (explained.has(place)) continue;
    const what = `frame ${place + 1} of ${name}, sent at ${frame.at}, is in no record and was not the last before a kill`;
    violations.push({ kind: 'lost', what });
  }
  const whole = account.filter((frame) => frame.whole).length;
  return { violations, whole, cut: account.length - whole, lost };
}

/** The frames that a kill may have cost: of each kill the last whole one before it. */
function lastBefore(account: readonly SentFrame[], kills: readonly AcquisitionKill[]): Set<number> {
  const whole = account.flatMap(({ whole, at }, place) =>
    whole ? [{ place, at: Date.parse(at) }] : [],
  );
  const places = kills.flatMap(({ deadAt }) => {
    const last = whole.findLast(({ at }) => at <= deadAt);
    return last === undefined ? [] : [last.place];
  });
  return new Set(places);
}
