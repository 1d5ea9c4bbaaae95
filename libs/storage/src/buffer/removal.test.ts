import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { archiveSegment, beginArchive, pruneArchive } from './archive.js';
import { makeDurableDirectory } from './durable-directory.js';
import { removeSegment } from './removal.js';
import { DiskModel, failure } from './testing/disk-model.js';
import { eventLines } from './testing/lines.js';

const PATH = '/captures/session_a_r1_000001_buffer.jsonl';
const DIR = '/captures/archive';
const ARCHIVE = `${DIR}/session_a_r1_000001_buffer.jsonl.gz`;
const CONTENT = eventLines(1, 500);
const KEEP = { archiveDir: DIR, archiveDays: 30 };

async function disk(content = CONTENT): Promise<DiskModel> {
  const made = new DiskModel();
  await makeDurableDirectory('/captures', made);
  const file = await made.open(PATH, 'wx+');
  await file.write(content, 0, content.length, 0);
  await file.sync();
  await made.syncDirectory('/captures');
  made.calls.length = 0;
  return made;
}

const unpacked = (from: DiskModel, path = ARCHIVE): Buffer => {
  const bytes = from.content(path);
  return bytes ? gunzipSync(bytes) : Buffer.from('no archive');
};

describe('a segment that is removed', () => {
  test('is in the archive, durably, before it goes', async () => {
    const fs = await disk();
    await removeSegment(PATH, { ...KEEP, fs });
    expect(fs.paths()).toEqual([ARCHIVE]);
    expect(unpacked(fs).equals(CONTENT)).toBe(true);
    const order = fs.calls.filter((call) => !call.startsWith('write') && !call.startsWith('open'));
    expect(order).toEqual([
      `mkdir ${DIR}`,
      'syncdir /captures',
      `sync ${ARCHIVE}.tmp`,
      `rename ${ARCHIVE}.tmp`,
      `syncdir ${DIR}`,
      `unlink ${PATH}`,
      'syncdir /captures',
    ]);
  });

  test('just goes when no archive is wanted', async () => {
    const fs = await disk();
    await removeSegment(PATH, { archiveDir: DIR, archiveDays: 0, fs });
    expect(fs.calls).toEqual([`unlink ${PATH}`, 'syncdir /captures']);
  });

  test('may be gone already', async () => {
    const fs = await disk();
    await removeSegment(PATH, { ...KEEP, fs });
    await removeSegment(PATH, { ...KEEP, fs });
    expect(unpacked(fs).equals(CONTENT)).toBe(true);
  });

  test('stays when the archive cannot take it, and leaves nothing half done', async () => {
    const fs = await disk();
    fs.room = 100;
    await expect(removeSegment(PATH, { ...KEEP, fs })).rejects.toMatchObject({
      code: 'buffer_unwritable',
    });
    expect(fs.paths()).toEqual([PATH]);
    fs.room = Infinity;
    await removeSegment(PATH, { ...KEEP, fs });
    expect(unpacked(fs).equals(CONTENT)).toBe(true);
  });

  test('can be larger than memory would like', async () => {
    const large = Buffer.concat(Array.from({ length: 40 }, () => CONTENT));
    const fs = await disk(large);
    await removeSegment(PATH, { ...KEEP, fs });
    expect(unpacked(fs).equals(large)).toBe(true);
  });
});

describe('an archive that was begun before the segment may go', () => {
  const TEMPORARY = `${ARCHIVE}.tmp`;

  test('is taken as it is, and is none until then', async () => {
    const fs = await disk();
    const begun = beginArchive(PATH, DIR, fs);
    expect(await begun.made).toBe(CONTENT.length);
    expect(fs.paths()).toEqual([TEMPORARY, PATH].sort());
    fs.calls.length = 0;
    await removeSegment(PATH, { ...KEEP, fs, begun });
    await begun.discard();
    expect(unpacked(fs).equals(CONTENT)).toBe(true);
    expect(fs.paths()).toEqual([ARCHIVE]);
    expect(fs.calls.filter((call) => call.startsWith('write'))).toEqual([]);
  });

  test('is made anew when the segment was cut since', async () => {
    const fs = await disk();
    const begun = beginArchive(PATH, DIR, fs);
    await begun.made;
    await (await fs.open(PATH, 'r+')).truncate(CONTENT.length - 7);
    await removeSegment(PATH, { ...KEEP, fs, begun });
    expect(unpacked(fs).equals(CONTENT.subarray(0, -7))).toBe(true);
  });

  test('is made anew when the disk had no room for it', async () => {
    const fs = await disk();
    fs.room = 100;
    const begun = beginArchive(PATH, DIR, fs);
    await expect(begun.made).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(fs.paths()).toEqual([PATH]);
    fs.room = Infinity;
    await removeSegment(PATH, { ...KEEP, fs, begun });
    expect(unpacked(fs).equals(CONTENT)).toBe(true);
  });

  test('leaves nothing when it is not wanted any more', async () => {
    const fs = await disk();
    await beginArchive(PATH, DIR, fs).discard();
    const begun = beginArchive(PATH, DIR, fs);
    await begun.made;
    await begun.discard();
    expect(fs.paths()).toEqual([PATH]);
  });

  test('leaves nothing when it cannot be given its name', async () => {
    const fs = await disk();
    fs.intercept = (call) => {
      if (call.startsWith('rename')) throw failure('EIO', 'stopped');
    };
    await expect(removeSegment(PATH, { ...KEEP, fs })).rejects.toThrow('EIO');
    expect(fs.paths()).toEqual([PATH]);
  });
});

test('killed or cut off at any call, a segment or its archive is there, and doing it again ends right', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(30),
      fc.boolean(),
      fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
      async (stopAt, power, outcomes) => {
        const fs = await disk();
        fs.intercept = (_, number) => {
          if (number >= stopAt) throw failure('EIO', 'stopped');
        };
        const done = await removeSegment(PATH, { ...KEEP, fs }).then(
          () => true,
          () => false,
        );
        let next = 0;
        const choose = (n: number): number => (outcomes[next++ % outcomes.length] ?? 0) % n;
        const left = power ? fs.afterPowerCut(choose) : fs.afterKill();
        if (done) expect(left.content(PATH)).toBeUndefined();
        const content = left.content(PATH) ?? unpacked(left);
        expect(content.equals(CONTENT)).toBe(true);
        await removeSegment(PATH, { ...KEEP, fs: left });
        const after = left.afterPowerCut(() => 0);
        expect(after.paths()).toEqual([ARCHIVE]);
        expect(unpacked(after).equals(CONTENT)).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
});

describe('the archive', () => {
  test('keeps what it has, and never overwrites it with other bytes', async () => {
    const fs = await disk();
    await archiveSegment(PATH, DIR, fs);
    const before = fs.content(ARCHIVE);
    fs.calls.length = 0;
    expect(await archiveSegment(PATH, DIR, fs)).toBe(ARCHIVE);
    expect(fs.calls.filter((call) => call.startsWith('write'))).toEqual([]);
    const file = await fs.open(PATH, 'r+');
    const longer = eventLines(1, 501);
    await file.write(longer, 0, longer.length, 0);
    expect(await archiveSegment(PATH, DIR, fs)).toBe(ARCHIVE.replace('.gz', '.2.gz'));
    expect(fs.content(ARCHIVE)).toBe(before);
    expect(unpacked(fs, ARCHIVE.replace('.gz', '.2.gz')).equals(longer)).toBe(true);
  });

  test('writes an archive anew that damage has shortened', async () => {
    const fs = await disk();
    await archiveSegment(PATH, DIR, fs);
    await (await fs.open(ARCHIVE, 'r+')).truncate(3);
    expect(unpacked(fs, await archiveSegment(PATH, DIR, fs)).equals(CONTENT)).toBe(true);
  });

  test('lets go of what is older than its days, and of what a crash left half made', async () => {
    const fs = await disk();
    await archiveSegment(PATH, DIR, fs);
    for (const name of [`${ARCHIVE}.tmp`, `${DIR}/notes.txt`]) await fs.open(name, 'w');
    const day = 86_400_000;
    expect(await pruneArchive(DIR, 30, 30 * day, fs)).toBe(0);
    expect(fs.paths()).toContain(ARCHIVE);
    expect(await pruneArchive(DIR, 0, 1000 * day, fs)).toBe(0);
    expect(await pruneArchive(DIR, 30, 30 * day + 1, fs)).toBe(1);
    expect(fs.paths()).toEqual([`${DIR}/notes.txt`, PATH]);
    expect(await pruneArchive('/captures/none', 30, day, fs)).toBe(0);
  });
});
