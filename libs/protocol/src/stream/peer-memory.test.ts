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

it('passes over the times at which it cannot be known, as with too many open files', () => {
  let held: number | undefined = 500;
  const resident = (): number => {
    if (held === undefined) throw new Error('EMFILE: too many open files, uv_resident_set_memory');
    return held;
  };
  const memory = new PeerMemory({ resident, growthBytes: 100 });
  held = undefined;
  expect(memory.exceeded()).toBe(false);
  held = 600;
  expect(memory.exceeded()).toBe(true);
});
