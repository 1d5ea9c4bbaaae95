import { expect, test } from 'vitest';
import { Frames } from './frames.js';

/** A screen of 60 pictures a second whose time is ours. */
function screen() {
  const state = { now: 0, hidden: false, cost: 0, frames: 0 };
  let callbacks: { at: number; call: () => void }[] = [];
  const frames = new Frames({
    now: () => state.now,
    hidden: () => state.hidden,
    frame: (call) => {
      state.frames++;
      callbacks.push({ at: Math.floor(state.now / 16) * 16 + 16, call });
    },
    later: (call, ms) => callbacks.push({ at: state.now + ms, call }),
  });
  const run = (until: number): void => {
    while (state.now < until) {
      const next = Math.min(until, ...callbacks.map(({ at }) => at));
      state.now = Math.max(state.now, next);
      const due = callbacks.filter(({ at }) => at <= state.now);
      callbacks = callbacks.filter(({ at }) => at > state.now);
      for (const { call } of due) call();
    }
  };
  const drawing = (gapMs: number) => {
    const drawn: number[] = [];
    const turn = frames.add(() => {
      drawn.push(state.now);
      state.now += state.cost;
    }, gapMs);
    return { turn, drawn };
  };
  return { state, frames, run, drawing };
}

test('what is asked for many times in a frame is drawn once', () => {
  const { run, drawing } = screen();
  const { turn, drawn } = drawing(0);
  for (let i = 0; i < 10; i++) turn.ask();
  run(100);
  expect(drawn).toEqual([16]);
});

test('a small curve is drawn no more often than it wants', () => {
  const { run, drawing, state } = screen();
  const { turn, drawn } = drawing(500);
  while (state.now < 5000) {
    turn.ask();
    run(state.now + 50);
  }
  expect(drawn.length).toBeGreaterThanOrEqual(9);
  expect(drawn.length).toBeLessThanOrEqual(11);
});

test('twenty that are slow take turns, and none is forgotten', () => {
  const { run, drawing, state } = screen();
  state.cost = 5;
  const all = Array.from({ length: 20 }, () => drawing(0));
  for (const { turn } of all) turn.ask();
  run(1000);
  for (const { drawn } of all) expect(drawn).toHaveLength(1);
  const perFrame = new Map<number, number>();
  for (const at of all.flatMap(({ drawn }) => drawn)) {
    const frame = Math.floor(at / 16);
    perFrame.set(frame, (perFrame.get(frame) ?? 0) + 1);
  }
  expect(Math.max(...perFrame.values())).toBeLessThanOrEqual(3);
});

test('nothing is drawn while nobody looks, and all of it when somebody does', () => {
  const { run, drawing, state, frames } = screen();
  const { turn, drawn } = drawing(0);
  state.hidden = true;
  turn.ask();
  run(10_000);
  expect(drawn).toEqual([]);
  expect(state.frames).toBe(0);
  state.hidden = false;
  frames.wake();
  run(10_100);
  expect(drawn).toHaveLength(1);
});

test('what is out of sight waits', () => {
  const { run, drawing } = screen();
  const { turn, drawn } = drawing(0);
  turn.seen(false);
  turn.ask();
  run(1000);
  expect(drawn).toEqual([]);
  turn.seen(true);
  run(1100);
  expect(drawn).toHaveLength(1);
  turn.end();
  turn.ask();
  run(2000);
  expect(drawn).toHaveLength(1);
});
