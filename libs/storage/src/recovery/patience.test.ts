import { describe, expect, it } from 'vitest';
import { StorageError } from '../errors.js';
import { Patience } from './patience.js';

/** Time that goes on by 100 ms whenever somebody looks. */
function patience(lockedMs: number, signal?: AbortSignal): Patience {
  let now = 0;
  const clock = { now: () => 0, monotonic: () => (now += 100) };
  return new Patience({ lockedMs, retryEveryMs: 0, clock, signal });
}

/** Fails so often with this code, then gives its number of calls. */
function reluctant(times: number, code: 'store_locked' | 'lock_held' | 'store_damaged') {
  let calls = 0;
  const work = (): Promise<number> =>
    ++calls <= times ? Promise.reject(new StorageError(code, 'not yet')) : Promise.resolve(calls);
  return { work, calls: () => calls };
}

describe('patience', () => {
  it.each(['store_locked', 'lock_held'] as const)('waits while it is %s', async (code) => {
    expect(await patience(10_000).insist(reluctant(3, code).work)).toBe(4);
  });

  it('ends after its time, and has none left for the next', async () => {
    const short = patience(1000);
    await expect(short.insist(reluctant(100, 'store_locked').work)).rejects.toMatchObject({
      code: 'store_locked',
    });
    const next = reluctant(100, 'store_locked');
    await expect(short.insist(next.work)).rejects.toThrow();
    expect(next.calls()).toBe(1);
  });

  it('has all its time again after something went well', async () => {
    const short = patience(1000);
    await expect(short.insist(reluctant(100, 'store_locked').work)).rejects.toThrow();
    await short.insist(() => Promise.resolve());
    expect(await short.insist(reluctant(3, 'store_locked').work)).toBe(4);
  });

  it('does not wait for what waiting cannot mend, nor when told to stop', async () => {
    const damaged = reluctant(100, 'store_damaged');
    await expect(patience(10_000).insist(damaged.work)).rejects.toThrow();
    expect(damaged.calls()).toBe(1);
    const locked = reluctant(100, 'store_locked');
    await expect(patience(10_000, AbortSignal.abort()).insist(locked.work)).rejects.toThrow();
    expect(locked.calls()).toBe(1);
  });

  it('asks for a yes for a while, and after a while in vain only once', async () => {
    const short = patience(1000);
    let asked = 0;
    const yesAt = (n: number) => () => Promise.resolve(++asked >= n);
    expect(await short.untilTrue(yesAt(3))).toBe(true);
    asked = 0;
    expect(await short.untilTrue(yesAt(Infinity))).toBe(false);
    expect(asked).toBeGreaterThan(3);
    asked = 0;
    expect(await short.untilTrue(yesAt(Infinity))).toBe(false);
    expect(asked).toBe(1);
  });
});
