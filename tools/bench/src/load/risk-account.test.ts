import { expect, test } from 'vitest';
import { RiskAccount } from './risk-account.js';

test('the oldest reading of an acknowledgement has waited since it was offered', () => {
  const risk = new RiskAccount();
  risk.offered(10, 100);
  risk.offered(20, 101);
  risk.acknowledged(15, 104);
  expect(RiskAccount.of([risk])).toEqual({
    ms: { p50: 4, p99: 4, most: 4 },
    records: { p50: 20, p99: 20, most: 20 },
  });
  // 16 to 20 were offered at 101.
  risk.offered(30, 106);
  risk.acknowledged(30, 108);
  expect(RiskAccount.of([risk])).toMatchObject({ ms: { most: 7 }, records: { most: 20 } });
});

test('an acknowledgement that says nothing new counts for nothing', () => {
  const risk = new RiskAccount();
  risk.acknowledged(0, 1);
  risk.offered(5, 10);
  risk.acknowledged(0, 1_000);
  risk.acknowledged(5, 12);
  risk.acknowledged(5, 5_000);
  expect(RiskAccount.of([risk])).toMatchObject({ ms: { most: 2 }, records: { most: 5 } });
});

test('nothing acknowledged is no account of anything', () => {
  expect(RiskAccount.of([new RiskAccount()])).toBeNull();
});
