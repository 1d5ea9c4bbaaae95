import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isWhole, moved, wholeOf, width, within, zoomed, type View } from './zoom.js';

const whole: View = { from: 0, to: 100_000 };

describe('zoom', () => {
  test('what the pointer is on stays under it', () => {
    const view = zoomed(whole, whole, 0.5, 25_000);
    expect(view).toEqual({ from: 12_500, to: 62_500 });
    expect(zoomed(view, whole, 2, 25_000)).toEqual(whole);
  });

  test('ends at what there is, and at a second', () => {
    expect(zoomed(whole, whole, 3)).toEqual(whole);
    expect(width(zoomed({ from: 0, to: 1500 }, whole, 0.1))).toBe(1000);
    expect(moved({ from: 10_000, to: 20_000 }, whole, -5)).toEqual({ from: 0, to: 10_000 });
    expect(moved({ from: 10_000, to: 20_000 }, whole, 50)).toEqual({ from: 90_000, to: 100_000 });
  });

  test('a session of one reading has a picture', () => {
    expect(wholeOf(5000, 5000)).toEqual({ from: 4500, to: 5500 });
  });

  test('whatever is done, it stays within and has a length', () => {
    const action = fc.oneof(
      fc.tuple(fc.constant('zoom'), fc.double({ min: 0.01, max: 100, noNaN: true })),
      fc.tuple(fc.constant('move'), fc.double({ min: -9, max: 9, noNaN: true })),
    );
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        let view = whole;
        for (const [what, by] of actions)
          view = what === 'zoom' ? zoomed(view, whole, by) : moved(view, whole, by);
        expect(view.from).toBeGreaterThanOrEqual(whole.from);
        expect(view.to).toBeLessThanOrEqual(whole.to + 1e-6);
        expect(width(view)).toBeGreaterThanOrEqual(1000 - 1e-6);
        expect(isWhole(within(view, whole), whole)).toBe(isWhole(view, whole));
      }),
    );
  });
});
