import { describe, expect, it } from 'vitest';
import { missedPolls, widestGap } from './poll-gaps.js';

/** Answers at these tenths of a second; ten polls a second are due. */
const at = (...tenths: number[]) => tenths.map((tenth) => ({ bootUs: tenth * 100_000 }));
const all = { fromUs: 0, toUs: Infinity, perSecond: 10 };

describe('poll gaps', () => {
  it.each([
    ['none at an even pace', at(1, 2, 3, 4), 0],
    ['none when an answer is a little late', at(1, 2.4, 3, 4), 0],
    ['one', at(1, 3, 4), 1],
    ['several, in several gaps', at(1, 3, 4, 8), 4],
    ['none of nothing', [], 0],
  ])('%s', (_, answers, missed) => {
    expect(missedPolls(answers, all)).toBe(missed);
  });

  it('count only in their time', () => {
    const answers = at(1, 3, 4, 5, 8, 9, 12);
    expect(missedPolls(answers, { fromUs: 350_000, toUs: 850_000, perSecond: 10 })).toBe(2);
  });

  it('do not count when they end later: what they are the beginning of is another one', () => {
    const killed = at(1, 2, 3, 8, 9);
    expect(missedPolls(killed, { fromUs: 0, toUs: 350_000, perSecond: 10 })).toBe(0);
    expect(missedPolls(killed, { fromUs: 350_000, toUs: 800_000, perSecond: 10 })).toBe(4);
  });

  it('are told by the widest', () => {
    const gap = widestGap(at(1, 3, 4, 8, 9), all);
    expect(gap.seconds).toBeCloseTo(0.4);
    expect(gap.missed).toBe(3);
  });
});
