import { expect, it } from 'vitest';
import { PeerMemory } from './peer-memory.js';

it('tells once of each growth, counted from the least or from the last time', () => {
  let held = 500;
  const memory = new PeerMemory({ resident: () => held, growthBytes: 100 });
  const at = (bytes: number): boolean => {
    held = bytes;
    return memory.exceeded();
  };
  expect([500, 599, 400, 499].map(at)).toEqual([false, false, false, false]);
  expect([500, 500, 599, 600, 300, 399, 400].map(at)).toEqual([
    true,
    false,
    false,
    true,
    false,
    false,
    true,
  ]);
});
