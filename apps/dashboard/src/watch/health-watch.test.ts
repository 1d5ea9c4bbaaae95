import type { Answer } from '@elmetron/report';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { acquisitionPage, answers, GONE } from '../testing/made-health.js';
import { HealthWatch } from './health-watch.js';

interface Question {
  readonly port: number;
  readonly signal: AbortSignal;
  readonly answer: (answer: Answer) => void;
}

let questions: Question[];
let asked: number[];
let watch: HealthWatch;
beforeEach(() => {
  vi.useFakeTimers();
  questions = [];
  asked = [];
  watch = new HealthWatch({
    ports: [1, 2, 0, 2, 3],
    ask: (port, signal) =>
      new Promise((resolve, reject) => {
        questions.push({ port, signal, answer: resolve });
        signal.addEventListener('abort', () => reject(new Error('aborted')));
      }),
    monotonic: () => Date.now(),
    asked: (port) => asked.push(port),
  });
});
afterEach(async () => {
  await watch.stop();
  vi.useRealTimers();
});

const ports = () => questions.map(({ port }) => port);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

it('asks each once a second, at times of their own', async () => {
  watch.start();
  await pass(0);
  expect(ports()).toEqual([1]);
  await pass(334);
  expect(ports()).toEqual([1, 2]);
  await pass(334);
  expect(ports()).toEqual([1, 2, 3]);
  for (const { answer } of questions) answer(GONE);
  await pass(332);
  expect(ports()).toEqual([1, 2, 3, 1]);
});

it('never asks twice at once, and remembers what was answered', async () => {
  watch.start();
  await pass(5_000);
  expect(ports()).toEqual([1, 2, 3]);
  expect(watch.of(1)).toBeUndefined();
  questions[0]!.answer(answers(acquisitionPage()));
  await pass(0);
  expect(asked).toEqual([1]);
  expect(watch.of(1)?.answer.state).toBe('answers');
  const since = watch.of(1)?.since;
  await pass(1_000);
  questions.at(-1)!.answer(answers(acquisitionPage()));
  await pass(1_000);
  expect(watch.of(1)).toMatchObject({ since });
  questions.at(-1)!.answer(GONE);
  await pass(0);
  expect(watch.of(1)?.answer).toEqual(GONE);
  expect(watch.of(1)?.since).toBe(Date.now());
  expect(watch.lastPage(1)?.answer.state).toBe('answers');
});

it('what is switched off is not asked', async () => {
  watch.start();
  await pass(3_000);
  expect(ports()).not.toContain(0);
  expect(watch.of(0)?.answer).toEqual({ state: 'off' });
});

it('stops with what is under way, and tells nothing more', async () => {
  watch.start();
  await pass(700);
  await watch.stop();
  expect(questions.every(({ signal }) => signal.aborted)).toBe(true);
  await pass(5_000);
  expect(questions).toHaveLength(3);
  expect(asked).toEqual([]);
});
