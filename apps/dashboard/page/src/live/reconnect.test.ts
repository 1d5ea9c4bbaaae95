import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { firstLink, retryDelay, SILENCE_MS, step, TICK_MS, type LinkEvent } from './reconnect.js';

/** Runs the events in turn, each at its time; returns the last step. */
function run(...events: [number, LinkEvent['type']][]) {
  let last = { link: firstLink(0), action: null } as ReturnType<typeof step>;
  for (const [now, type] of events) last = step(last.link, { type }, now, 0.5);
  return last;
}

describe('the connection', () => {
  test('that is heard is open, and nothing is lost', () => {
    expect(run([100, 'heard'], [1000, 'tick'])).toMatchObject({
      link: { phase: 'open', lostAt: null, tries: 0 },
      action: null,
    });
  });

  test('that fails is tried again after a while, and says since when it is lost', () => {
    const failed = run([100, 'heard'], [5000, 'heard'], [6000, 'failed']);
    expect(failed).toMatchObject({ link: { phase: 'waiting', lostAt: 5000 }, action: 'close' });
    expect(step(failed.link, { type: 'tick' }, 6100, 0.5).action).toBeNull();
    expect(step(failed.link, { type: 'tick' }, 6500, 0.5)).toMatchObject({
      link: { phase: 'connecting', lostAt: 5000 },
      action: 'connect',
    });
  });

  test('on which no hello comes is lost', () => {
    const ticks = Array.from({ length: 14 }, (_, i): [number, 'tick'] => [(i + 1) * 1000, 'tick']);
    const before = run([0, 'heard'], ...ticks.slice(0, SILENCE_MS / TICK_MS));
    expect(before).toMatchObject({ link: { phase: 'open', lostAt: null }, action: null });
    expect(run([0, 'heard'], ...ticks.slice(0, SILENCE_MS / TICK_MS + 1))).toMatchObject({
      link: { phase: 'waiting', lostAt: 0 },
      action: 'close',
    });
  });

  test('is made anew at once when the machine has slept', () => {
    expect(run([0, 'heard'], [1000, 'tick'], [3_600_000, 'tick'])).toMatchObject({
      link: { phase: 'connecting', lostAt: 0 },
      action: 'connect',
    });
  });

  test('that was heard while the page was throttled is not taken for slept', () => {
    expect(run([0, 'heard'], [59_000, 'heard'], [60_000, 'tick']).action).toBeNull();
  });

  test('does not wait when somebody is in a hurry', () => {
    expect(run([0, 'heard'], [100, 'failed'], [110, 'hurry']).action).toBe('connect');
    expect(run([0, 'heard'], [100, 'hurry']).action).toBeNull();
  });

  test('a clock that was set back does not make it deaf', () => {
    let { link } = run([3_600_000, 'heard'], [3_600_500, 'tick'], [1000, 'tick']);
    for (let now = 2000; now <= 14_000; now += 1000)
      ({ link } = step(link, { type: 'tick' }, now, 0));
    expect(link.phase).toBe('waiting');
  });

  test('pauses between tries grow, and end at ten seconds', () => {
    expect(retryDelay(0, 0.5)).toBe(400);
    expect(retryDelay(3, 0.5)).toBe(3200);
    fc.assert(
      fc.property(fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true }), (tries, chance) => {
        expect(retryDelay(tries, chance)).toBeGreaterThanOrEqual(300);
        expect(retryDelay(tries, chance)).toBeLessThanOrEqual(10_000);
      }),
    );
  });

  test('whatever happens, a lost one is tried again within ten seconds', () => {
    const types = fc.constantFrom<LinkEvent['type']>('heard', 'failed', 'tick', 'hurry');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20_000), types)), (events) => {
        let [link, now] = [firstLink(0), 0];
        for (const [wait, type] of events) ({ link } = step(link, { type }, (now += wait), 0.9));
        ({ link } = step(link, { type: 'failed' }, now, 0.9));
        let connected = false;
        for (let i = 0; i < 11 && !connected; i++) {
          const next = step(link, { type: 'tick' }, (now += 1000), 0.9);
          link = next.link;
          connected = next.action === 'connect';
        }
        expect(connected).toBe(true);
        expect(link.lostAt).not.toBeNull();
      }),
    );
  });
});
