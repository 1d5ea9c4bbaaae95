import type { SessionFilter } from '@elmetron/storage';
import { expect, it } from 'vitest';
import { fakeDatabase, madeSession } from '../testing/fake-reader.js';
import { BEGAN } from '../testing/owned-clock.js';
import { storedIdentity } from './stored-identity.js';

const asked: SessionFilter[] = [];
const real = fakeDatabase(
  { path: 'real', emulated: false },
  {
    sessions: async (filter) => {
      if (filter !== undefined) asked.push(filter);
      return [madeSession('a')];
    },
    session: async (uid) => (uid === 'a' ? madeSession('a') : undefined),
  },
);
const demo = fakeDatabase(
  { path: 'demo', emulated: true },
  {
    sessions: async () => [madeSession('b', { serial: 'EMU1', started_at: null })],
    session: async (uid) => (uid === 'b' ? madeSession('b', { serial: 'EMU1' }) : undefined),
  },
);
const none = fakeDatabase({ path: 'none', emulated: false });

it('of a session is that of the database that has it', async () => {
  expect(await storedIdentity([none, real, demo], 'bench-1', 'a')).toEqual({
    session: 'a',
    startedAt: BEGAN,
    model: 'CX-505',
    serial: '00308/25',
    port: null,
    profile: 'cx505',
    emulated: false,
  });
  expect(await storedIdentity([real, demo], 'bench-1', 'b')).toMatchObject({ emulated: true });
  expect(await storedIdentity([real, demo], 'bench-1', 'c')).toBeUndefined();
});

it('of a source is that of its last session', async () => {
  expect(await storedIdentity([real, demo, none], 'bench-1', null)).toMatchObject({
    session: 'b',
    startedAt: null,
    emulated: true,
  });
  expect(asked).toEqual([{ source: 'bench-1', limit: 1 }]);
  expect(await storedIdentity([none], 'bench-1', null)).toBeUndefined();
});
