import { afterEach, expect, it, vi } from 'vitest';
import { MemoryGrowth } from './memory-growth.js';

afterEach(() => {
  vi.useRealTimers();
});

it('is exceeded once for each growth, counted from the least or from the last time', () => {
  let held = 500;
  const memory = new MemoryGrowth({ resident: () => held, growthBytes: 100 });
  const at = (bytes: number): boolean => {
    held = bytes;
    return memory.look() === 'exceeded';
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

it('tells early that memory grows fast', () => {
  vi.useFakeTimers();
  let held = 0;
  const memory = new MemoryGrowth({ resident: () => held, growthBytes: 10_000 });
  const after = (ms: number, bytes: number): string => {
    vi.advanceTimersByTime(ms);
    held += bytes;
    return memory.look();
  };
  expect(after(600, 599)).toBe('still');
  expect(after(600, 600)).toBe('growing');
  expect(after(100, 100)).toBe('growing');
  expect(after(100, 99)).toBe('still');
  expect(after(100, -500)).toBe('still');
  expect(after(100, 100)).toBe('growing');
});

it('passes over the times at which it cannot be known, as with too many open files', () => {
  let held: number | undefined = 500;
  const resident = (): number => {
    if (held === undefined) throw new Error('EMFILE: too many open files, uv_resident_set_memory');
    return held;
  };
  const memory = new MemoryGrowth({ resident, growthBytes: 100 });
  held = undefined;
  expect(memory.look()).toBe('still');
  held = 600;
  expect(memory.look()).toBe('exceeded');
});
