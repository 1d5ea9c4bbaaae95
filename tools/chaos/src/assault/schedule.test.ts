import { describe, expect, it } from 'vitest';
import { Schedule, type Action } from './schedule.js';

const rounds = (seed: number, count: number, meters = 4) => {
  const schedule = new Schedule(seed, meters);
  return Array.from({ length: count }, () => schedule.nextRound());
};
const actions = (seed: number, short: boolean): Action[] =>
  new Schedule(seed, 4, short).nextRound().steps.map(({ action }) => action);

describe('schedule', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(rounds(7, 5)).toEqual(rounds(7, 5));
    expect(rounds(7, 5)).not.toEqual(rounds(8, 5));
  });

  it('has every kind of fault in every round, in another order each time', () => {
    const kinds = rounds(7, 4).map(({ steps }) => steps.map(({ action }) => action.kind));
    const expected = [
      'connection',
      'kill',
      'kill_all',
      'line',
      'load',
      'recovery',
      'recovery_locked',
      'recovery_overtaken',
      'stop',
      'swap',
    ];
    for (const round of kinds) expect([...new Set(round)].sort()).toEqual(expected);
    expect(kinds[0]).not.toEqual(kinds[1]);
  });

  it.each([
    ['every', false],
    ['the short', true],
  ])('has each variant of a fault against recovery in %s round, whatever the seed', (_, short) => {
    for (let seed = 0; seed < 50; seed++) {
      const said = actions(seed, short).map((action) => JSON.stringify(action));
      for (const variant of [
        /"recovery","moment":"replay"/,
        /"recovery","moment":"any"/,
        /"recovery_locked".*"kill":true/,
        /"recovery_locked".*"kill":false/,
        /"recovery_overtaken","then":"continue"/,
        /"recovery_overtaken","then":"kill"/,
        /"stop".*"then":"continue"/,
        /"stop".*"then":"kill"/,
        /"load":"burst"/,
      ]) {
        expect(
          said.some((action) => variant.test(action)),
          `${variant.source} of seed ${seed}`,
        ).toBe(true);
      }
    }
  });

  it('means every meter there is, and none that is not', () => {
    const meters = rounds(3, 10, 3).flatMap(({ steps }) =>
      steps.flatMap(({ action }) => {
        if ('meter' in action) return [action.meter];
        return 'victim' in action && action.victim.role === 'acquisition'
          ? [action.victim.meter]
          : [];
      }),
    );
    expect([...new Set(meters)].sort()).toEqual([0, 1, 2]);
  });
});
