import { expect, test } from 'vitest';
import { OwnedTime } from '@elmetron/link/testing';
import { profile } from '../testing/profiles.js';
import { proofOfLife } from './proof-of-life.js';

function setup(intervalMs = 1000) {
  const clock = new OwnedTime();
  const polls = { sent: 0, unanswered: 0, missed: 0 };
  const capture = { opened: 0, profile: profile({ intervalMs }) };
  return { clock, polls, capture, prove: proofOfLife({ capture, polls, clock }) };
}

test.each(['sent', 'missed'] as const)('polls that are %s are life', (what) => {
  const { clock, polls, prove } = setup();
  for (let n = 0; n < 20; n++) {
    clock.stall(50_000);
    polls[what]++;
    expect(prove).not.toThrow();
  }
});

test('so are attempts to open a link that is not there', () => {
  const { clock, capture, prove } = setup();
  for (let n = 0; n < 20; n++) {
    clock.stall(50_000);
    capture.opened++;
    expect(prove).not.toThrow();
  }
});

test('a standstill is none, and says for how long', () => {
  const { clock, polls, prove } = setup();
  polls.sent = 7;
  prove();
  clock.stall(60_000);
  expect(prove).not.toThrow();
  clock.stall(1000);
  expect(prove).toThrow('for 61 s');
  polls.sent++;
  expect(prove).not.toThrow();
});

test('who polls seldom has longer', () => {
  const { clock, prove } = setup(3_600_000);
  prove();
  clock.stall(3 * 3_600_000);
  expect(prove).not.toThrow();
  clock.stall(1000);
  expect(prove).toThrow();
});
