import { describe, expect, test, vi } from 'vitest';
import { silentLog } from '@elmetron/protocol';
import {
  StorageError,
  type CommitBatch,
  type CommitResult,
  type Store,
  type StorageErrorCode,
} from '@elmetron/storage';
import { Backlog } from './backlog.js';
import { Committer } from './committer.js';
import { measurementLine, read } from './testing/lines.js';
import { OwnedClock } from './testing/owned-clock.js';

const RESULT: CommitResult = {
  inserted: 1,
  insertedMeasurements: 1,
  insertedAuditEvents: 0,
  replayed: 0,
  conflicts: [],
};

function open({
  batchBytes = 1e6,
  commitMs = 0,
  intervalMs = 5,
  retryMs = 1,
  nothingHeld = false,
  memoryLimitBytes = 1e9,
} = {}) {
  /** What a segment would hold, for lines that are let go from memory. */
  const segments = new Map<string, Buffer>();
  const rounds = { settled: 0 };
  const problems: StorageErrorCode[] = [];
  const states: (StorageErrorCode | undefined)[] = [];
  const fatal: unknown[] = [];
  const atOnce = { now: 0, most: 0 };
  const commits: string[] = [];
  const reconciled: string[] = [];
  const store = {
    commit: async (batch: CommitBatch) => {
      atOnce.most = Math.max(atOnce.most, ++atOnce.now);
      if (commitMs > 0) await new Promise((resolve) => setTimeout(resolve, commitMs));
      atOnce.now--;
      const problem = problems.shift();
      if (problem !== undefined) throw new StorageError(problem, problem);
      commits.push(Buffer.concat([batch.lines].flat()).toString());
      return RESULT;
    },
    reconcileSessions: (source: string) => {
      reconciled.push(source);
      return Promise.resolve([]);
    },
  } as Partial<Store> as Store;
  const backlog = new Backlog({
    memoryLimitBytes,
    read: ({ path, start, end }) =>
      Promise.resolve(segments.get(path)?.subarray(start, end) ?? Buffer.alloc(0)),
    committed: () => undefined,
  });
  const clock = new OwnedClock();
  const committer = new Committer({
    backlog,
    store: () => Promise.resolve(store),
    intervalMs,
    batchBytes,
    retryMs: { first: retryMs, most: 4 * retryMs },
    conflict: () => Promise.resolve(),
    settled: () => {
      rounds.settled++;
      return Promise.resolve();
    },
    nothingHeld: () => nothingHeld,
    stateChanged: (problem) => states.push(problem?.code),
    fatal: (error) => fatal.push(error),
    clock,
    log: silentLog,
  });
  const push = (seq: number, committed?: () => void): void => {
    const lines = Buffer.from(`${measurementLine(seq).toString()}\n`);
    const range = { path: 'p', start: seq, end: seq + 1 };
    committer.push({
      range,
      ...read(lines),
      records: 1,
      ...(committed === undefined ? {} : { committed }),
    });
  };
  /** Behind what the segment holds. */
  const append = (path: string, seq: number): void => {
    const before = segments.get(path) ?? Buffer.alloc(0);
    const lines = Buffer.from(`${measurementLine(seq).toString()}\n`);
    segments.set(path, Buffer.concat([before, lines]));
    const range = { path, start: before.length, end: before.length + lines.length };
    committer.push({ range, ...read(lines), records: 1 });
  };
  return {
    committer,
    clock,
    backlog,
    problems,
    states,
    fatal,
    atOnce,
    commits,
    reconciled,
    push,
    append,
    rounds,
  };
}

describe('Committer', () => {
  test('retries a locked and a full database until it takes the records, and says when it is over', async () => {
    const { committer, problems, states, commits, push } = open();
    problems.push('store_locked', 'store_locked', 'store_unwritable', 'buffer_unwritable');
    push(1);
    await vi.waitFor(() => {
      expect(commits).toHaveLength(1);
    });
    await committer.stop(AbortSignal.timeout(1_000));
    expect(states).toEqual(['store_locked', 'store_unwritable', 'buffer_unwritable', undefined]);
  });

  test('does what is to be done after everything pushed so far after that, with lines let go from memory too', async () => {
    const { committer, commits, append, problems } = open({ memoryLimitBytes: 0, intervalMs: 20 });
    problems.push('store_locked');
    append('a', 1);
    append('b', 2);
    let before: string[] = [];
    const done = committer.afterEverythingPushed(() => {
      before = [...commits];
      return Promise.resolve();
    });
    append('a', 3);
    await done;
    expect(before.join('')).toBe(
      [1, 2].map((seq) => `${measurementLine(seq).toString()}\n`).join(''),
    );
    expect(await committer.stop(AbortSignal.timeout(1_000))).toBe(true);
    expect(commits.join('').split('\n')).toHaveLength(4);
  });

  test('sleeps when there is nothing to commit and nothing to tidy up, until something is pushed', async () => {
    const idle = open({ nothingHeld: true });
    const holding = open({ nothingHeld: false });
    for (const { push, commits } of [idle, holding]) {
      push(1);
      await vi.waitFor(() => {
        expect(commits).toHaveLength(1);
      });
    }
    const before = [idle.rounds.settled, holding.rounds.settled];
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(idle.rounds.settled).toBe(before[0]);
    expect(holding.rounds.settled).toBeGreaterThan(before[1] ?? NaN);
    idle.push(2);
    await vi.waitFor(() => {
      expect(idle.commits).toHaveLength(2);
    });
    expect(await idle.committer.stop(AbortSignal.timeout(1_000))).toBe(true);
    expect(await holding.committer.stop(AbortSignal.timeout(1_000))).toBe(true);
  });

  test('begins as soon as there is enough for a transaction, and does not leave the rest of a burst waiting', async () => {
    const line = measurementLine(1).length + 1;
    const { committer, commits, push } = open({ batchBytes: 2 * line, intervalMs: 600_000 });
    push(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(commits).toEqual([]);
    push(2);
    await vi.waitFor(() => {
      expect(commits).toHaveLength(1);
    });
    await committer.stop(AbortSignal.timeout(1_000));

    const burst = open({ batchBytes: line, intervalMs: 2_000 });
    burst.push(1);
    await vi.waitFor(() => {
      expect(burst.commits).toHaveLength(1);
    });
    // A byte less than enough: it waits for the interval of a busy time, not for the usual one.
    burst.committer.push({ range: undefined, ...read(Buffer.from('x\n')), records: 1 });
    await vi.waitFor(
      () => {
        expect(burst.commits).toHaveLength(2);
      },
      { timeout: 1_500 },
    );
    await burst.committer.stop(AbortSignal.timeout(1_000));
  });

  test('commits a reading at once that comes by itself, when an interval has all but passed', async () => {
    const { committer, clock, commits, push } = open({ intervalMs: 600_000 });
    const aMoment = () => new Promise((resolve) => setTimeout(resolve, 20));
    push(1, () => undefined);
    await vi.waitFor(() => {
      expect(commits).toHaveLength(1);
    });
    await aMoment();
    clock.pass(540_000);
    push(2);
    await vi.waitFor(() => {
      expect(commits).toHaveLength(2);
    });
    await aMoment();
    clock.pass(539_999);
    push(3);
    await aMoment();
    expect(commits, 'too soon').toHaveLength(2);
    clock.pass(1);
    push(4);
    await aMoment();
    expect(commits, 'another waits already').toHaveLength(2);
    expect(await committer.stop(AbortSignal.timeout(1_000))).toBe(true);
    expect(commits).toHaveLength(3);
  });

  test('does so when there was nothing to commit in between, too', async () => {
    const { committer, clock, commits, push, rounds } = open({ intervalMs: 2_000 });
    push(1, () => undefined);
    await vi.waitFor(() => {
      expect(commits).toHaveLength(1);
    });
    clock.pass(2_000);
    const before = rounds.settled;
    await vi.waitFor(
      () => {
        expect(rounds.settled).toBeGreaterThan(before);
      },
      { timeout: 10_000 },
    );
    push(2);
    // Before the interval of that round is over.
    await vi.waitFor(
      () => {
        expect(commits).toHaveLength(2);
      },
      { timeout: 1_000 },
    );
    expect(await committer.stop(AbortSignal.timeout(1_000))).toBe(true);
  });

  test('a second batch lies with the store while it is at the first; when that fails, both come again', async () => {
    const { committer, problems, commits, push, atOnce } = open({ batchBytes: 1, commitMs: 20 });
    for (let seq = 1; seq <= 3; seq++) push(seq);
    await vi.waitFor(() => {
      expect(commits).toHaveLength(3);
    });
    expect(atOnce.most).toBe(2);
    problems.push('store_locked');
    for (let seq = 4; seq <= 5; seq++) push(seq);
    await vi.waitFor(() => {
      expect(commits.length).toBeGreaterThanOrEqual(6);
    });
    expect(await committer.stop(AbortSignal.timeout(5_000))).toBe(true);
    const numbers = commits.map((line) => Number(/"seq":(\d+)/.exec(line)?.[1]));
    expect(numbers, 'the fifth before the fourth, and after it once more').toEqual([
      1, 2, 3, 5, 4, 5,
    ]);
  });

  test('what is to be done in the store sees nothing of what was pushed after it', async () => {
    const { committer, commits, push } = open({ batchBytes: 1, commitMs: 5 });
    push(1);
    const seen = committer.afterEverythingPushed(() => {
      expect(commits).toHaveLength(1);
      return Promise.resolve();
    });
    for (let seq = 2; seq <= 4; seq++) push(seq);
    await seen;
    expect(await committer.stop(AbortSignal.timeout(5_000))).toBe(true);
    expect(commits).toHaveLength(4);
  });

  test('enough for a transaction does not end the wait for a locked database', async () => {
    const { committer, problems, commits, push } = open({ batchBytes: 1, retryMs: 100 });
    problems.push(...Array.from({ length: 5 }, () => 'store_locked' as const));
    push(1);
    await vi.waitFor(() => {
      expect(problems).toHaveLength(4);
    });
    for (let seq = 2; seq < 20; seq++) {
      push(seq);
      await Promise.resolve();
    }
    expect(problems.length, 'not tried again at every push').toBe(4);
    await committer.stop(AbortSignal.timeout(5_000));
    expect(commits).toHaveLength(19);
  });

  test('a task waits for everything pushed before it', async () => {
    const { committer, problems, commits, reconciled, push } = open();
    problems.push('store_locked');
    push(1);
    await committer.afterEverythingPushed(async (store) => {
      expect(commits).toHaveLength(1);
      await store.reconcileSessions('bench-1', []);
    });
    expect(reconciled).toEqual(['bench-1']);
    await committer.stop(AbortSignal.timeout(1_000));
  });

  test('a database that breaks after commits of this life is fatal; one that was broken before is waited for', async () => {
    const before = open();
    before.problems.push('store_damaged');
    before.push(1);
    await vi.waitFor(() => {
      expect(before.commits).toHaveLength(1);
    });
    before.problems.push('store_damaged');
    before.push(2);
    await vi.waitFor(() => {
      expect(before.fatal).toHaveLength(1);
    });
    await before.committer.stop(AbortSignal.timeout(1_000));
  });

  test('stopping commits what is left, and gives up when its time is over', async () => {
    const { committer, push, commits } = open();
    push(1);
    expect(await committer.stop(AbortSignal.timeout(1_000))).toBe(true);
    expect(commits).toHaveLength(1);

    const slow = open({ batchBytes: 1, commitMs: 20 });
    for (let seq = 0; seq < 100; seq++) slow.push(seq);
    const began = performance.now();
    expect(await slow.committer.stop(AbortSignal.timeout(60))).toBe(false);
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(slow.backlog.records).toBeGreaterThan(0);

    const locked = open();
    locked.problems.push(...Array.from({ length: 1_000 }, () => 'store_locked' as const));
    locked.push(1);
    expect(await locked.committer.stop(AbortSignal.timeout(30))).toBe(false);
    expect(locked.backlog.records).toBe(1);
  });
});
