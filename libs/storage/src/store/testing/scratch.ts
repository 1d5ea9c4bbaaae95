/** A directory of a test's own, and the ways by which tests look at a database from outside. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { StorageError, type StorageErrorCode } from '../../errors.js';

export function scratchDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'elmetron-store-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The rows of a query, as another program would see them. */
export function rowsIn(path: string, sql: string, ...parameters: unknown[]): unknown[] {
  const db = new SqliteDatabase(path, { fileMustExist: true });
  try {
    return db.prepare(sql).all(...parameters);
  } finally {
    db.close();
  }
}

/** What `work` failed with; fails itself when it did not fail with a StorageError. */
export async function codeOf(work: () => unknown): Promise<StorageErrorCode> {
  try {
    await work();
  } catch (error) {
    if (error instanceof StorageError) return error.code;
    throw error;
  }
  throw new Error('nothing was thrown');
}
