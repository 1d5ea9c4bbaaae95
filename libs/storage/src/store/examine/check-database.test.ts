import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Bench, linesOf, measurements, start } from '../../recovery/testing/bench.js';
import { checkDatabase } from './check-database.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  mkdirSync(dirname(bench.databasePath));
});
afterEach(() => bench.end());

const fill = async (): Promise<void> => {
  const store = await bench.stores.get(false);
  await store.commit({ lines: linesOf([start(), ...measurements(1, 500)]), recovered: false });
};

const overwrite = (offset: number, bytes: Buffer): void => {
  const file = openSync(bench.databasePath, 'r+');
  writeSync(file, bytes, 0, bytes.length, offset);
  closeSync(file);
};

const digest = (): string =>
  createHash('sha256').update(readFileSync(bench.databasePath)).digest('hex');

const state = async (): Promise<string> => (await checkDatabase(bench.databasePath)).state;

describe('a database', () => {
  it('that is whole is sound', async () => {
    await fill();
    await bench.closeStores();
    expect(await state()).toBe('sound');
  });

  it('with a log that a killed writer left is sound, and not changed by looking', async () => {
    await fill();
    const before = digest();
    expect(await state()).toBe('sound');
    expect(digest()).toBe(before);
  });

  it('that is not there, or of no length, is missing', async () => {
    expect(await state()).toBe('missing');
    writeFileSync(bench.databasePath, '');
    expect(await state()).toBe('missing');
  });

  it('that has just been made and holds nothing is sound', async () => {
    new SqliteDatabase(bench.databasePath).exec('VACUUM').close();
    expect(await state()).toBe('sound');
  });

  it.each([
    ['overwritten in the middle', 16_384, Buffer.alloc(8192, 0xa5)],
    ['with a garbled header behind its magic', 16, Buffer.alloc(60, 0xff)],
    ['whose beginning is zeros', 0, Buffer.alloc(4096)],
    ['whose beginning is another file', 0, Buffer.alloc(100, 'x')],
  ])('%s is damaged', async (_, offset, bytes) => {
    await fill();
    await bench.closeStores();
    overwrite(offset, bytes);
    expect(await state()).toBe('damaged');
  });

  it('cut short is damaged', async () => {
    await fill();
    await bench.closeStores();
    const bytes = readFileSync(bench.databasePath);
    writeFileSync(bench.databasePath, bytes.subarray(0, Math.floor(bytes.length / 8192) * 4096));
    expect(await state()).toBe('damaged');
  });

  /** As a power cut leaves it: half of the transaction in the file, the rest of the truth in the journal. */
  const cutInTheMiddle = (made: string, cut: string): void => {
    const elsewhere = `${bench.databasePath}.elsewhere`;
    const db = new SqliteDatabase(elsewhere);
    db.exec(made);
    db.pragma('cache_size = 1');
    db.exec(`BEGIN; ${cut}`);
    copyFileSync(elsewhere, bench.databasePath);
    copyFileSync(`${elsewhere}-journal`, `${bench.databasePath}-journal`);
    db.close();
  };
  const rows = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)';
  const large = `INSERT INTO t ${rows} SELECT randomblob(1000) FROM n`;

  it('whose making was cut in the middle is as it was before: missing', async () => {
    cutInTheMiddle('', `CREATE TABLE t (x); ${large}`);
    expect(statSync(bench.databasePath).size).toBeGreaterThan(0);
    expect(await state()).toBe('missing');
  });

  it('of which a later change was cut in the middle is as it was before: sound', async () => {
    cutInTheMiddle('PRAGMA application_id = 0x454c4d54; CREATE TABLE t (x)', large);
    expect(await state()).toBe('sound');
    expect(new SqliteDatabase(bench.databasePath).prepare('SELECT * FROM t').all()).toEqual([]);
  });

  it('larger than what is read through is only looked into', async () => {
    await fill();
    await bench.closeStores();
    const found = await checkDatabase(bench.databasePath, { wholeBytes: 1000 });
    expect(found).toEqual({ state: 'unchecked', bytes: statSync(bench.databasePath).size });
  });
});

describe('what is not ours', () => {
  const code = (): Promise<unknown> =>
    checkDatabase(bench.databasePath).then(
      () => undefined,
      (error: unknown) => (error as { code?: string }).code,
    );

  it('is refused as foreign and not touched', async () => {
    writeFileSync(
      bench.databasePath,
      'Dear diary, today I measured a buffer of pH 7.\n'.repeat(50),
    );
    const before = digest();
    expect(await code()).toBe('store_foreign');
    expect(digest()).toBe(before);
  });

  it('but a database of another program is foreign too', async () => {
    new SqliteDatabase(bench.databasePath).exec('CREATE TABLE theirs (x)').close();
    expect(await code()).toBe('store_foreign');
  });

  it('but a directory is foreign too', async () => {
    mkdirSync(join(bench.databasePath));
    expect(await code()).toBe('store_foreign');
  });

  it('yet, made by a newer version, is refused as such', async () => {
    await fill();
    await bench.closeStores();
    const db = new SqliteDatabase(bench.databasePath);
    db.pragma('user_version = 999');
    db.close();
    expect(await code()).toBe('store_too_new');
  });
});

it('that another program holds for good is told as locked', async () => {
  await fill();
  await bench.closeStores();
  const other = new SqliteDatabase(bench.databasePath);
  other.pragma('locking_mode = EXCLUSIVE');
  other.exec('BEGIN EXCLUSIVE; COMMIT');
  const looking = checkDatabase(bench.databasePath, { busyTimeoutMs: 50 });
  await expect(looking).rejects.toMatchObject({ code: 'store_locked' });
  other.close();
});
