import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AckLedger } from './ack-ledger.js';

describe('AckLedger', () => {
  test('acknowledges nothing over a delivery that is not durable yet', () => {
    const ledger = new AckLedger();
    const first = ledger.take(9);
    const second = ledger.take(19);
    expect(ledger.settle(second)).toBeUndefined();
    expect(ledger.acknowledged).toBe(-1);
    expect(ledger.settle(first)).toBe(19);
  });

  test('whatever the order of becoming durable, the acknowledged number never passes a hole', () => {
    const order = fc
      .integer({ min: 1, max: 12 })
      .chain((n) => fc.shuffledSubarray([...Array(n).keys()], { minLength: n, maxLength: n }));
    fc.assert(
      fc.property(order, (settling) => {
        const ledger = new AckLedger();
        const entries = settling.map((_, i) => ledger.take(i));
        const durable = new Set<number>();
        for (const i of settling) {
          const entry = entries[i];
          if (entry === undefined) throw new Error('unreachable');
          durable.add(i);
          ledger.settle(entry);
          let prefix = -1;
          while (durable.has(prefix + 1)) prefix++;
          expect(ledger.acknowledged).toBe(prefix);
        }
        expect(ledger.waiting).toBe(0);
      }),
    );
  });
});
