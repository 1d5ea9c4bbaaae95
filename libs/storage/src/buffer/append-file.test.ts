import { expect, test } from 'vitest';
import { AppendFile, unwritable as unwritableError } from './append-file.js';
import { makeDurableDirectory } from './durable-directory.js';
import { DiskModel, failure } from './testing/disk-model.js';

const PATH = '/captures/a.jsonl';

async function disk(): Promise<DiskModel> {
  const made = new DiskModel();
  await makeDurableDirectory('/captures', made);
  made.calls.length = 0;
  return made;
}

const text = (from: DiskModel): string | undefined => from.content(PATH)?.toString();
const unwritable: unknown = expect.objectContaining({ code: 'buffer_unwritable' });
const syncFailed: unknown = expect.objectContaining({ code: 'sync_failed' });

test('a new file is synced, then its directory, and only the file after that', async () => {
  const on = await disk();
  const file = await AppendFile.create(PATH, Buffer.from('start\n'), on);
  await file.append(Buffer.from('one\n'));
  await file.sync();
  await file.append(Buffer.from('two\n'));
  await file.sync();
  await file.sync();
  expect(on.calls).toEqual([
    `open wx+ ${PATH}`,
    `write ${PATH}`,
    `write ${PATH}`,
    `sync ${PATH}`,
    'syncdir /captures',
    `write ${PATH}`,
    `datasync ${PATH}`,
  ]);
  expect(text(on)).toBe('start\none\ntwo\n');
  expect(file.size).toBe(14);
});

test('a file that is there is never taken over', async () => {
  const on = await disk();
  await AppendFile.create(PATH, Buffer.from('mine\n'), on);
  await expect(AppendFile.create(PATH, Buffer.from('theirs\n'), on)).rejects.toEqual(unwritable);
  expect(text(on)).toBe('mine\n');
});

test('a file whose first line does not fit is not left behind', async () => {
  const on = await disk();
  on.room = 3;
  await expect(AppendFile.create(PATH, Buffer.from('start\n'), on)).rejects.toEqual(unwritable);
  expect(on.paths()).toEqual([]);
});

test('writes that take only a part are gone on with', async () => {
  const on = await disk();
  on.writeAtMost = 2;
  const file = await AppendFile.create(PATH, Buffer.from('start\n'), on);
  expect(await file.append(Buffer.from('a longer line\n'))).toBe(6);
  expect(text(on)).toBe('start\na longer line\n');
});

test('a disk that fills up in the middle of a line leaves no half line, and the next fits', async () => {
  const on = await disk();
  const file = await AppendFile.create(PATH, Buffer.from('start\n'), on);
  on.room = 9;
  await expect(file.append(Buffer.from('one\ntwo\nthree\n'))).rejects.toEqual(unwritable);
  expect(text(on)).toBe('start\n');
  expect(file.appendable).toBe(true);
  await file.append(Buffer.from('four\n'));
  expect(text(on)).toBe('start\nfour\n');
});

test('a file that cannot be cut back takes nothing more, but what was whole can be synced', async () => {
  const on = await disk();
  const file = await AppendFile.create(PATH, Buffer.from('start\n'), on);
  on.room = 2;
  on.intercept = (call) => {
    if (call.startsWith('truncate')) throw failure('EIO', PATH);
  };
  await expect(file.append(Buffer.from('one\n'))).rejects.toEqual(unwritable);
  on.room = 100;
  expect(file.appendable).toBe(false);
  await expect(file.append(Buffer.from('two\n'))).rejects.toEqual(unwritable);
  await file.sync();
  expect(text(on)).toBe('start\non');
});

test.each(['sync', 'datasync', 'syncdir'])('a failed %s is final', async (kind) => {
  const on = await disk();
  const file = await AppendFile.create(PATH, Buffer.from('start\n'), on);
  if (kind === 'datasync') {
    await file.sync();
    await file.append(Buffer.from('one\n'));
  }
  let times = 0;
  on.intercept = (call) => {
    if (call.startsWith(`${kind} `) && times++ === 0) throw failure('EIO', PATH);
  };
  await expect(file.sync()).rejects.toEqual(syncFailed);
  // The disk would say ok now; what it failed to write is lost all the same.
  await expect(file.sync()).rejects.toEqual(syncFailed);
  await expect(file.append(Buffer.from('two\n'))).rejects.toEqual(syncFailed);
  expect(times).toBe(1);
});

test('what is appended while a sync runs waits for the next one', async () => {
  const on = await disk();
  const file = await AppendFile.create(PATH, Buffer.from('start\n'), on);
  const syncing = file.sync();
  await file.append(Buffer.from('one\n'));
  await syncing;
  on.calls.length = 0;
  await file.sync();
  expect(on.calls).toEqual([`datasync ${PATH}`]);
});

test.each([
  ['EMFILE', 'ulimit -n'],
  ['ENFILE', 'fs.file-max'],
  ['EROFS', 'mount it writable'],
  ['ENOSPC', 'Check the room'],
])('%s is told with its way out', (code, way) => {
  const cause = failure(code, '/captures/a');
  expect(unwritableError('/captures/a', 'cannot be created', cause).message).toContain(way);
});
