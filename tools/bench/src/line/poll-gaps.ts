/** What of an even pace of polls is missing, by the answers that the meter sent. */
import type { SentFrame } from '@elmetron/rig';

type Answer = Pick<SentFrame, 'bootUs'>;

export interface Gap {
  /** Seconds from one answer to the next. */
  readonly seconds: number;
  /** Polls that would have fallen into it. */
  readonly missed: number;
}

/** The widest gap between two answers of which the later one came from `fromUs` up to and with `toUs`. */
export function widestGap(
  answers: readonly Answer[],
  { fromUs, toUs, perSecond }: { fromUs: number; toUs: number; perSecond: number },
): Gap {
  const gaps = gapsOf(answers, { fromUs, toUs });
  const seconds = Math.max(...gaps);
  return { seconds, missed: missedIn(seconds, perSecond) };
}

/** Polls missed in all gaps of that time. */
export function missedPolls(
  answers: readonly Answer[],
  { fromUs, toUs, perSecond }: { fromUs: number; toUs: number; perSecond: number },
): number {
  return gapsOf(answers, { fromUs, toUs })
    .map((seconds) => missedIn(seconds, perSecond))
    .reduce((a, b) => a + b, 0);
}

function gapsOf(
  answers: readonly Answer[],
  { fromUs, toUs }: { fromUs: number; toUs: number },
): number[] {
  return answers.flatMap(({ bootUs }, i) => {
    const before = answers[i - 1]?.bootUs;
    return before === undefined || bootUs < fromUs || bootUs > toUs
      ? []
      : [(bootUs - before) / 1e6];
  });
}

/** An answer that comes late by less than half an interval answers the poll of its time. */
function missedIn(seconds: number, perSecond: number): number {
  return Math.max(0, Math.round(seconds * perSecond) - 1);
}
