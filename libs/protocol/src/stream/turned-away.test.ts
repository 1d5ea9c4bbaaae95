import { expect, it } from 'vitest';
import { ConsumerSlot } from './consumer-slot.js';
import { TurnedAway } from './turned-away.js';

it('keeps no more of displaced peers and unanswered strangers than it has room for', () => {
  const turnedAway = new TurnedAway('bench-1');
  for (let i = 0; i < 1001; i += 1) {
    turnedAway.displaced(`peer ${i}`, { run: `run ${i}`, consumer: 'writer' });
    turnedAway.refuse(`stranger ${i}`, 'hello_first', 'say hello first');
  }
  expect(turnedAway.displacedAt('peer 0')).toBeUndefined();
  expect(turnedAway.displacedAt('peer 1')?.run).toBe('run 1');
  expect(turnedAway.displacedAt('peer 1000')?.run).toBe('run 1000');
  let answers = 0;
  while (turnedAway.next() !== undefined) answers += 1;
  expect(answers).toBe(100);
});

it('remembers ten thousand displaced runs of a consumer', () => {
  const slot = new ConsumerSlot('writer');
  for (let i = 0; i <= 10_001; i += 1) slot.take(`run ${i}`);
  expect(slot.isFenced('run 0')).toBe(false);
  expect(slot.isFenced('run 1')).toBe(true);
  expect(slot.isFenced('run 10000')).toBe(true);
  expect(slot.isFenced('run 10001')).toBe(false);
});
