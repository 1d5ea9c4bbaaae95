import { expect, test } from 'vitest';
import { silentLog, systemClock } from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { StorageError, type StorageErrorCode } from '@elmetron/storage';
import { DatabaseState } from './database-state.js';

function setup() {
  const health = new Health({ log: silentLog, clock: systemClock });
  const state = new DatabaseState(health, 'data/x.sqlite');
  const trouble = (code?: StorageErrorCode): void => {
    state.database(code && new StorageError(code, `said ${code}`));
  };
  const codes = (): string[] => health.reasons.map(({ code }) => code);
  return { health, state, trouble, codes };
}

test.each([
  ['store_locked', 'database_locked'],
  ['store_unwritable', 'database_unwritable'],
  ['buffer_unwritable', 'database_unwritable'],
  ['store_damaged', 'database_damaged'],
  ['lock_held', 'database_replaced'],
] as const)('%s is called %s', (code, called) => {
  const { health, trouble, codes } = setup();
  trouble(code);
  expect(health.reasons).toMatchObject([{ code: called, about: 'data/x.sqlite' }]);
  trouble();
  expect(codes()).toEqual([]);
});

test('one trouble takes the place of another', () => {
  const { trouble, codes } = setup();
  trouble('store_locked');
  trouble('store_unwritable');
  expect(codes()).toEqual(['database_unwritable']);
});

test('without buffers either, nothing is acknowledged, until one of the two is back', () => {
  const { state, trouble, codes } = setup();
  state.buffers(false);
  expect(codes()).toEqual([]);
  trouble('store_locked');
  expect(codes()).toEqual(['database_locked', 'nothing_acknowledged']);
  state.buffers(true);
  expect(codes()).toEqual(['database_locked']);
  state.buffers(false);
  trouble();
  expect(codes()).toEqual([]);
});
