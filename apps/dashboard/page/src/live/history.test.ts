import { afterEach, expect, test, vi } from 'vitest';
import { History } from './history.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

const nothing = { from: 0, to: 0, readings: 0, bucket_ms: 0, values: [], temperatures: [] };
const wish = { seconds: 600, points: 100, marks: false };

test('a curve whose marks cannot be had is shown all the same, and says so', async () => {
  vi.stubGlobal('fetch', async (path: string) =>
    path.startsWith('api/live/history')
      ? Response.json(nothing)
      : Response.json({ code: 'database_unavailable', message: 'It is busy.' }, { status: 503 }),
  );
  const found = await new History().of('m', { ...wish, marks: true }, new AbortController().signal);
  expect(found).toMatchObject({ curve: nothing, marks: [], failure: { message: 'It is busy.' } });
});

/** A server that answers by hand. */
function server() {
  const asked: { path: string; answer: () => void }[] = [];
  vi.stubGlobal(
    'fetch',
    (path: string, { signal }: { signal: AbortSignal }) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(new DOMException('', 'AbortError'));
          return;
        }
        asked.push({ path, answer: () => resolve(Response.json(nothing)) });
      }),
  );
  return asked;
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

test('of many meters a few are asked for at a time, and all of them in the end', async () => {
  const asked = server();
  const history = new History();
  const never = new AbortController().signal;
  const answers = Array.from({ length: 8 }, (_, i) => history.of(`m${i}`, wish, never));
  for (let i = 0; i < 8; i++) {
    await settled();
    expect(asked.length).toBeLessThanOrEqual(i + 3);
    asked[i]?.answer();
  }
  await Promise.all(answers);
  expect(asked[7]?.path).toBe('api/live/history?source=m7&seconds=600&points=100');
});

test('one that is taken back while it waits does not keep its place', async () => {
  const asked = server();
  const history = new History();
  const never = new AbortController().signal;
  const first = [0, 1, 2].map((i) => history.of(`m${i}`, wish, never));
  const stopped = new AbortController();
  const dropped = history.of('dropped', wish, stopped.signal);
  const last = history.of('last', wish, never);
  await settled();
  stopped.abort();
  for (const { answer } of asked) answer();
  await Promise.all(first);
  await expect(dropped).rejects.toThrow();
  await settled();
  asked[3]?.answer();
  await last;
  expect(asked).toHaveLength(4);
});
