import { expect, test } from 'vitest';
import { SegmentLedger } from './segment-ledger.js';

test('a segment is settled only when it is closed and wholly committed', () => {
  const ledger = new SegmentLedger();
  ledger.appended('a', 100);
  ledger.committed('a', 100);
  expect(ledger.settled()).toEqual([]);
  ledger.appended('a', 200);
  ledger.close('a');
  expect(ledger.settled()).toEqual([]);
  ledger.committed('a', 200);
  expect(ledger.settled()).toEqual(['a']);
  ledger.forget('a');
  expect(ledger.settled()).toEqual([]);
  expect(ledger.size).toBe(0);
});
