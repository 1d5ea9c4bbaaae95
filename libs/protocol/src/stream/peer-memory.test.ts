import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PeerMemory } from './peer-memory.js';

const MB = 1_000_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A process that holds so much; how often it was looked at. */
function made() {
  const process = { held: 50 * MB, looks: -1 };
  const memory = new PeerMemory({
    resident: () => {
      process.looks += 1;
      return process.held;
    },
  });
  return { memory, process };
}

it('looks less than twice a second when nothing comes, once for all who watch', () => {
  const { memory, process } = made();
  memory.watch(() => undefined);
  memory.watch(() => undefined);
  vi.advanceTimersByTime(60_000);
  expect(process.looks).toBe(119);
});

it('lets go of all when too much was added, and goes on watching', () => {
  const { memory, process } = made();
  const gone: string[] = [];
  memory.watch(() => gone.push('stream'));
  memory.watch(() => gone.push('live'));
  process.held += 300 * MB;
  vi.advanceTimersByTime(600);
  expect(gone).toEqual(['stream', 'live']);
  process.held += 300 * MB;
  vi.advanceTimersByTime(100);
  expect(gone).toEqual(['stream', 'live', 'stream', 'live']);
});

it.each([100, 300, 500, 600])(
  'lets a flood of %d MB a second take no more by looking seldom',
  (mb) => {
    for (let quiet = 0; quiet < 600; quiet += 20) {
      const { memory, process } = made();
      let most = 0;
      memory.watch(() => {
        most = Math.max(most, process.held - 50 * MB);
      });
      vi.advanceTimersByTime(quiet);
      for (let ms = 0; most === 0; ms += 10) {
        process.held += (mb * MB) / 100;
        vi.advanceTimersByTime(10);
      }
      // As much as with five looks a second, whatever happens.
      expect(most).toBeLessThanOrEqual(268_435_456 + 0.2 * mb * MB);
      vi.clearAllTimers();
    }
  },
);

it('looks when the process is awake anyway, and not by itself soon after', () => {
  const { memory, process } = made();
  memory.watch(() => undefined);
  for (let second = 0; second < 10; second += 1) {
    memory.awake();
    vi.advanceTimersByTime(1000);
  }
  // One with the reading, one between two readings.
  expect(process.looks).toBe(19);
});

it('looks no more when nobody watches', () => {
  const { memory, process } = made();
  const ends = [memory.watch(() => undefined), memory.watch(() => undefined)];
  for (const end of ends) end();
  memory.awake();
  vi.advanceTimersByTime(60_000);
  expect(process.looks).toBe(0);
  memory.watch(() => undefined);
  vi.advanceTimersByTime(600);
  expect(process.looks).toBe(1);
});
