import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OwnedTime } from '@elmetron/link/testing';
import { Poller } from './poller.js';

function setup(
  options: { intervalMs?: number; readTimeoutMs?: number; takes?: () => boolean } = {},
) {
  const time = new OwnedTime();
  const figures = { sent: 0, unanswered: 0, missed: 0 };
  const sentAt: number[] = [];
  const poller = new Poller({
    figures,
    clock: time,
    timers: time,
    intervalMs: options.intervalMs ?? 1000,
    readTimeoutMs: options.readTimeoutMs ?? 300,
    poll: () => {
      if (options.takes?.() === false) return false;
      sentAt.push(time.monotonic());
      return true;
    },
  });
  return { time, poller, figures, sentAt };
}

describe('the schedule', () => {
  test('is absolute: the time an answer takes never shifts it', async () => {
    const { time, poller, sentAt } = setup({ intervalMs: 800 });
    poller.start();
    for (let n = 0; n < 1000; n++) {
      await time.advance(37);
      poller.answered();
      await time.advance(800 - 37);
    }
    expect(sentAt).toEqual(Array.from({ length: 1001 }, (_, n) => n * 800));
  });

  test('holds for a fractional interval too', async () => {
    const { time, poller, sentAt } = setup({ intervalMs: 12.5 });
    poller.start();
    for (let ms = 0; ms < 10_000; ms++) {
      poller.answered();
      await time.advance(1);
    }
    expect(sentAt.length).toBe(801);
    for (const [n, at] of sentAt.entries()) expect(Math.abs(at - n * 12.5)).toBeLessThan(1);
  });

  test('a stall is not made up for by a bunch of polls', async () => {
    const { time, poller, sentAt, figures } = setup();
    poller.start();
    poller.answered();
    time.stall(5500);
    await time.advance(0);
    poller.answered();
    await time.advance(1000);
    expect(sentAt).toEqual([0, 5500, 6000]);
    expect(figures).toMatchObject({ sent: 3, missed: 4 });
  });
});

describe('an unfinished answer', () => {
  test('is not polled into; a poll due meanwhile waits until the next one is due', async () => {
    const { time, poller, sentAt, figures } = setup({ intervalMs: 100 });
    poller.start();
    await time.advance(130);
    poller.answered();
    await time.advance(65); // 195
    poller.answered();
    await time.advance(104); // 299: the one due at 200 was sent at once, nothing is due yet
    poller.answered();
    expect(sentAt).toEqual([0, 130, 200]);
    await time.advance(211); // 510: asked at 300, those due at 400 and 500 fell into its answer
    poller.answered();
    expect(sentAt).toEqual([0, 130, 200, 300, 510]);
    expect(figures.missed).toBe(1);
  });

  test('that takes longer than the interval is followed by the next poll at once', async () => {
    const { time, poller, sentAt } = setup({ intervalMs: 100 });
    poller.start();
    for (let n = 0; n < 100; n++) {
      await time.advance(110);
      poller.answered();
    }
    // As fast as the meter can: every poll goes out when the answer before it ends.
    expect(sentAt).toHaveLength(101);
  });

  test('ends when nothing more of it comes for the read timeout', async () => {
    const { time, poller, figures, sentAt } = setup({ intervalMs: 100, readTimeoutMs: 300 });
    poller.start();
    await time.advance(299);
    poller.heard();
    await time.advance(299);
    expect(figures.unanswered).toBe(0);
    await time.advance(1);
    expect(figures.unanswered).toBe(1);
    expect(sentAt).toEqual([0, 599]);
  });

  test.each([
    { intervalMs: 1000, noticedAfter: 1000 },
    { intervalMs: 400, noticedAfter: 400 },
    { intervalMs: 60_000, noticedAfter: 1000 },
  ])(
    'that does not come is noticed after $noticedAfter ms with a poll every $intervalMs ms',
    async ({ intervalMs, noticedAfter }) => {
      const { time, poller, figures } = setup({ intervalMs, readTimeoutMs: 300 });
      poller.start();
      await time.advance(noticedAfter - 1);
      expect(figures.unanswered).toBe(0);
      await time.advance(1);
      expect(figures.unanswered).toBe(1);
    },
  );

  test('that comes late, but before anybody else is asked, is one', async () => {
    const { time, poller, figures, sentAt } = setup({ readTimeoutMs: 300 });
    poller.start();
    await time.advance(900);
    poller.heard();
    poller.answered();
    await time.advance(100);
    expect(sentAt).toEqual([0, 1000]);
    expect(figures.unanswered).toBe(0);
  });

  test('that is waited for a long time does not keep the polls that fall due from being counted', async () => {
    const { time, poller, figures } = setup({ readTimeoutMs: 90_000 });
    poller.start();
    for (let second = 1; second < 90; second++) {
      await time.advance(1000);
      // The one that waits for the answer to end is not missed yet.
      expect(figures).toEqual({ sent: 1, missed: second - 1, unanswered: 0 });
    }
  });

  test('costs no wake-up beside those of poll and answer', async () => {
    const { time, poller, sentAt } = setup({ readTimeoutMs: 300 });
    let fired = 0;
    const after = time.after.bind(time);
    time.after = (ms, run) =>
      after(ms, () => {
        fired += 1;
        run();
      });
    poller.start();
    for (let n = 0; n < 10; n++) {
      await time.advance(20);
      expect(time.waiting).toBe(1);
      poller.answered();
      expect(time.waiting).toBe(1);
      await time.advance(980);
    }
    expect(sentAt).toHaveLength(11);
    expect(fired).toBe(10);
  });

  test('is given a moment more when it was this process that was held up', async () => {
    const { time, poller, figures } = setup({ readTimeoutMs: 300 });
    poller.start();
    time.stall(900);
    await time.advance(40); // the timer comes first, then what lay waiting is read
    poller.answered();
    await time.advance(50);
    expect(figures).toMatchObject({ sent: 1, unanswered: 0 });
  });

  test('a line that babbles for ever does not keep polls away for ever', async () => {
    const { time, poller, sentAt } = setup({ intervalMs: 1000, readTimeoutMs: 300 });
    poller.start();
    for (let ms = 0; ms < 5000; ms += 10) {
      poller.heard();
      await time.advance(10);
    }
    expect(sentAt).toEqual([0, 1000, 2000, 3000, 4000, 5000]);
  });

  test('every poll that falls due is sent or counted as missed, and none into an answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 40 }),
        async (answers) => {
          const { time, poller, figures, sentAt } = setup({ intervalMs: 100, readTimeoutMs: 200 });
          poller.start();
          for (const ms of answers) {
            const before = sentAt.length;
            await time.advance(ms);
            // Only the timeout may have ended the answer meanwhile.
            expect(sentAt.length - before).toBeLessThanOrEqual(Math.ceil(ms / 100) + 1);
            poller.answered();
          }
          // What an answer under way keeps back is counted when somebody stops or gives up.
          poller.abandon();
          const due = Math.floor(time.monotonic() / 100) + 1;
          const waiting = due - figures.sent - figures.missed;
          expect(waiting === 0 || waiting === 1).toBe(true);
          expect(time.waiting).toBe(0);
        },
      ),
    );
  });
});

test('a poll that the link does not take is missed', async () => {
  let takes = false;
  const { time, poller, figures } = setup({ takes: () => takes });
  poller.start();
  await time.advance(1000);
  takes = true;
  await time.advance(1000);
  expect(figures).toMatchObject({ sent: 1, missed: 2 });
});

test.each(['stop', 'abandon'] as const)('%s leaves nothing uncounted', async (end) => {
  const fast = setup({ intervalMs: 12.5, readTimeoutMs: 500 });
  fast.poller.start();
  await fast.time.advance(400);
  void fast.poller[end]();
  expect(fast.figures.missed).toBe(31);
  await fast.time.advance(1000);
  // Nobody wanted to poll any more.
  expect(fast.figures).toEqual({ sent: 1, missed: 31, unanswered: end === 'stop' ? 1 : 0 });

  const slow = setup({ readTimeoutMs: 300 });
  slow.poller.start();
  await slow.time.advance(900);
  void slow.poller[end]();
  await slow.time.advance(0);
  expect(slow.figures).toEqual({ sent: 1, missed: 0, unanswered: 1 });
  expect(slow.time.waiting).toBe(0);
});

test.each(['stop', 'abandon'] as const)('%s before the first poll counts nothing', async (end) => {
  const { time, poller, figures } = setup();
  await time.advance(60_000);
  void poller[end]();
  expect(figures).toEqual({ sent: 0, missed: 0, unanswered: 0 });
});

test('stop waits no longer than the read timeout', async () => {
  const { time, poller, figures } = setup({ readTimeoutMs: 300 });
  poller.start();
  await time.advance(100);
  let stopped = false;
  void poller.stop().then(() => {
    stopped = true;
  });
  await time.advance(199);
  expect(stopped).toBe(false);
  await time.advance(1);
  expect(stopped).toBe(true);
  expect(figures.unanswered).toBe(1);
  expect(time.waiting).toBe(0);
});

test('stop lets the answer under way come in, and polls no more', async () => {
  const { time, poller, sentAt } = setup();
  poller.start();
  let stopped = false;
  void poller.stop().then(() => {
    stopped = true;
  });
  await time.advance(100);
  expect(stopped).toBe(false);
  poller.answered();
  await time.advance(5000);
  expect(stopped).toBe(true);
  expect(sentAt).toEqual([0]);
});

test('abandoned, it waits for nothing and polls no more', async () => {
  const { time, poller, sentAt, figures } = setup();
  poller.start();
  const stopped = poller.stop();
  poller.abandon();
  await stopped;
  await time.advance(5000);
  expect(sentAt).toEqual([0]);
  expect(figures.unanswered).toBe(0);
});
