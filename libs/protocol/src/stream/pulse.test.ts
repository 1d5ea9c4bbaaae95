import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Pulse } from './pulse.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function pulse(ms = 600): { readonly pulse: Pulse; readonly beats: number[] } {
  const began = performance.now();
  const beats: number[] = [];
  return { pulse: new Pulse(ms, () => beats.push(performance.now() - began)), beats };
}

it('beats by itself', () => {
  const { beats } = pulse();
  vi.advanceTimersByTime(1900);
  expect(beats).toEqual([600, 1200, 1800]);
});

it('beats when the process is awake, and then not again for as long as otherwise', () => {
  const { pulse: one, beats } = pulse();
  vi.advanceTimersByTime(400);
  one.awake();
  one.awake();
  expect(beats).toEqual([]);
  vi.advanceTimersByTime(599);
  expect(beats).toEqual([400]);
  vi.advanceTimersByTime(1);
  expect(beats).toEqual([400, 1000]);
});

it('does not beat all the time because the process is awake all the time', () => {
  const { pulse: one, beats } = pulse();
  for (let ms = 0; ms < 1200; ms += 10) {
    one.awake();
    vi.advanceTimersByTime(10);
  }
  expect(beats).toEqual([240, 480, 720, 960]);
});

it('wakes the process once for all that beat together', () => {
  const turns: number[] = [];
  const pulses = [0, 1, 2].map((n) => new Pulse(600, () => turns.push(n)));
  vi.advanceTimersByTime(300);
  for (const one of pulses) one.awake();
  vi.advanceTimersByTime(1);
  expect(turns).toEqual([0, 1, 2]);
  expect(vi.getTimerCount()).toBe(3);
  vi.advanceTimersToNextTimer();
  expect(turns).toEqual([0, 1, 2, 0, 1, 2]);
});

it('beats sooner, once, when it is told to', () => {
  const { pulse: one, beats } = pulse();
  one.sooner(100);
  vi.advanceTimersByTime(900);
  expect(beats).toEqual([100, 700]);
});

it('beats no more when it is stopped, whatever comes', () => {
  const { pulse: one, beats } = pulse();
  vi.advanceTimersByTime(400);
  one.awake();
  one.stop();
  one.awake();
  one.sooner(1);
  vi.advanceTimersByTime(5000);
  expect(beats).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
