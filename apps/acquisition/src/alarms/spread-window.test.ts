import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpreadWindow } from './spread-window.js';

test('is what lies between the highest and the lowest of the window, whatever comes', () => {
  const steps = fc.array(
    fc.record({ value: fc.integer({ min: -20, max: 20 }), ms: fc.integer({ min: 0, max: 40 }) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      const window = new SpreadWindow(100);
      const seen: { value: number; at: number }[] = [];
      let at = 0;
      for (const { value, ms } of all) {
        at += ms;
        seen.push({ value, at });
        const inside = seen.filter((one) => one.at >= at - 100).map((one) => one.value);
        expect(window.add(value, at)).toBe(Math.max(...inside) - Math.min(...inside));
      }
    }),
  );
});
