import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { OwnedTime } from '@elmetron/link/testing';
import { watchVitalSigns, type VitalParts } from './vital-signs.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Of all the parts only those that a beat touches; what there is to read of them. */
function setup() {
  const time = new OwnedTime();
  const seen = { pulses: 0, consumers: 0 };
  const parts = {
    clock: time,
    recorder: { readings: 0, pulse: () => void (seen.pulses += 1) },
    outbox: { unacknowledged: () => ({}), progress: () => ({}) },
    server: {
      consumers: () => {
        seen.consumers += 1;
        return [];
      },
    },
    spool: { bytes: 0, maxBytes: 1 },
    health: { clear: () => undefined },
  };
  return { seen, vitalSigns: watchVitalSigns(parts as unknown as VitalParts) };
}

test('every second those look who notice something only by the passing of time', () => {
  const { seen, vitalSigns } = setup();
  vi.advanceTimersByTime(10_100);
  expect(seen).toEqual({ pulses: 10, consumers: 10 });
  vitalSigns.stop();
  vi.advanceTimersByTime(10_000);
  expect(seen.pulses).toBe(10);
  expect(vi.getTimerCount()).toBe(0);
});

test('with a reading a second they look when it is there, and at no other time', () => {
  const { seen, vitalSigns } = setup();
  for (let second = 0; second < 10; second++) {
    vi.advanceTimersByTime(1000);
    vitalSigns.awake();
    vi.advanceTimersByTime(1);
    expect(seen.pulses).toBe(second + 1);
  }
});
