import { expect, it } from 'vitest';
import { StorageError } from '../errors.js';
import { openStores } from './stores.js';
import type { Store } from './store.js';
import { codeOf } from './testing/scratch.js';

/** Stores that are nothing but their path, opened when the test says so. */
function pretended() {
  const opened: string[] = [];
  const closed: string[] = [];
  const failures: StorageError[] = [];
  const open = async (path: string): Promise<Store> => {
    opened.push(path);
    await Promise.resolve();
    const failure = failures.shift();
    if (failure !== undefined) throw failure;
    const unused = () => Promise.reject(new Error('not part of this test'));
    return {
      commit: unused,
      importLegacy: unused,
      recordEvent: unused,
      annotate: unused,
      reconcileSessions: unused,
      sessionState: unused,
      unexplainedHoles: unused,
      checkpoint: unused,
      close: async () => {
        closed.push(path);
      },
    };
  };
  const stores = openStores({ databasePath: 'real', demoDatabasePath: 'demo', open });
  return { stores, opened, closed, failures };
}

it('opens each database when it is first asked for, once', async () => {
  const { stores, opened } = pretended();
  expect(opened).toEqual([]);
  const [first, second] = await Promise.all([stores.get(false), stores.get(false)]);
  expect(second).toBe(first);
  expect(opened).toEqual(['real']);
  expect(await stores.get(true)).not.toBe(first);
  expect(await stores.get(false)).toBe(first);
  expect(opened).toEqual(['real', 'demo']);
});

it('shares a failed opening among those who wait for it, and tries again for the next', async () => {
  const { stores, opened, failures } = pretended();
  failures.push(new StorageError('store_locked', 'held'));
  const both = [stores.get(false), stores.get(false)].map((got) => codeOf(() => got));
  expect(await Promise.all(both)).toEqual(['store_locked', 'store_locked']);
  await stores.get(false);
  expect(opened).toEqual(['real', 'real']);
});

it('closes what is open, also what is just opening, and opens nothing more', async () => {
  const { stores, opened, closed } = pretended();
  const opening = stores.get(true);
  await stores.close();
  await stores.close();
  await opening;
  expect(closed).toEqual(['demo']);
  expect(await codeOf(() => stores.get(false))).toBe('store_stopped');
  expect(opened).toEqual(['demo']);
});
