import { expect, test } from 'vitest';
import { StorageError } from '@elmetron/storage';
import { OwnedTime } from '@elmetron/link/testing';
import { patiently } from './patience.js';

const held = new StorageError('lock_held', 'somebody has it');

test('waits for a predecessor to end', async () => {
  const time = new OwnedTime();
  const attempt = (): Promise<string> =>
    time.monotonic() < 700 ? Promise.reject(held) : Promise.resolve('mine');
  const result = patiently('lock_held', attempt, { clock: time, timers: time });
  await time.advance(2000);
  expect(await result).toBe('mine');
});

test('but not for ever', async () => {
  const time = new OwnedTime();
  const result = patiently('lock_held', () => Promise.reject(held), { clock: time, timers: time });
  const failed = expect(result).rejects.toBe(held);
  await time.advance(2500);
  await failed;
});

test('another error is let through at once', async () => {
  const time = new OwnedTime();
  const other = new StorageError('buffer_unwritable', 'read-only');
  const result = patiently('lock_held', () => Promise.reject(other), { clock: time, timers: time });
  await expect(result).rejects.toBe(other);
});
