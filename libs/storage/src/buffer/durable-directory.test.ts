import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDurableDirectory } from './durable-directory.js';
import { cannotSyncDirectories } from './file-system.js';
import { DiskModel, failure } from './testing/disk-model.js';

test('every name on the way to a new directory is synced, the topmost first', async () => {
  const disk = new DiskModel();
  await makeDurableDirectory('/a/b/c', disk);
  expect(disk.calls).toEqual(['mkdir /a/b/c', 'syncdir /', 'syncdir /a', 'syncdir /a/b']);
});

test('so is the name of one that is there, if its parent can be opened', async () => {
  const disk = new DiskModel();
  await makeDurableDirectory('/a/b', disk);
  disk.calls.length = 0;
  await makeDurableDirectory('/a/b', disk);
  expect(disk.calls).toEqual(['mkdir /a/b', 'syncdir /a']);
  disk.intercept = (call) => {
    if (call.startsWith('syncdir')) throw failure('EACCES', call);
  };
  await makeDurableDirectory('/a/b', disk);
  await expect(makeDurableDirectory('/a/b/c', disk)).rejects.toMatchObject({
    code: 'buffer_unwritable',
  });
});

test('a real one is made, and one that cannot be is said to be so', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'durable-'));
  try {
    await makeDurableDirectory(join(dir, 'a', 'b'));
    expect(statSync(join(dir, 'a', 'b')).isDirectory()).toBe(true);
    writeFileSync(join(dir, 'file'), '');
    await expect(makeDurableDirectory(join(dir, 'file', 'c'))).rejects.toMatchObject({
      code: 'buffer_unwritable',
    });
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('only where a system has no sync of directories, its refusal is no failure', () => {
  const refused = (code: string, platform: string) =>
    cannotSyncDirectories(failure(code, 'x'), platform);
  expect(['EISDIR', 'EPERM', 'EACCES'].map((code) => refused(code, 'win32'))).toEqual([
    true,
    true,
    true,
  ]);
  expect(['EISDIR', 'EPERM', 'EACCES'].map((code) => refused(code, 'linux'))).toEqual([
    false,
    false,
    false,
  ]);
  expect(refused('EINVAL', 'linux')).toBe(true);
  expect(refused('EIO', 'win32')).toBe(false);
});
