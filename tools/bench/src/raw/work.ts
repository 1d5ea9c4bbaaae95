/** What the product is compared with, each as plain as it can be written: one kind of work, fixed, timed. */
import { closeSync, fdatasyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { newSessionId } from '@elmetron/protocol';
import { generatedMeasurements } from '@elmetron/rig';
import { INSERT, makeTables, rowsOf, type Row } from './rows.js';

export interface RawWork {
  /**
   * 'single': a transaction a reading, as one has it who writes readings straight into SQLite.
   * 'batched': rows inserted by transactions of `batch`. 'append': lines appended to a file, a sync every `batch`.
   */
  readonly kind: 'single' | 'batched' | 'append';
  readonly readings: number;
  readonly batch: number;
  readonly dir: string;
  /** Between two readings; as fast as it goes when not given. */
  readonly intervalMs?: number;
}

export interface RawDone {
  readonly ms: number;
  /** Bytes that the disk was made to write meanwhile. */
  readonly diskBytes: number;
  /** The longest work on one batch and the middle one. */
  readonly batchMs: { readonly p50: number; readonly most: number };
}

/** A batch's work, prepared: everything but the disk's part is done beforehand. */
export interface Prepared {
  readonly batches: number;
  readonly work: (batch: number) => void;
  readonly close: () => void;
}

export async function prepare({ kind, readings, batch, dir }: RawWork): Promise<Prepared> {
  const of = { session: newSessionId(), source: 'bench-1', startedAt: Date.now(), intervalMs: 1 };
  const size = kind === 'single' ? 1 : batch;
  const batches = Math.ceil(readings / size);
  const inBatch = (n: number): number[] =>
    Array.from({ length: Math.min(size, readings - n * size) }, (_, i) => n * size + i + 1);
  if (kind === 'append') {
    const line = generatedMeasurements(of);
    const pieces = Array.from({ length: batches }, (_, n) =>
      Buffer.from(
        inBatch(n)
          .map((seq) => `${line(seq)}\n`)
          .join(''),
      ),
    );
    return appending(join(dir, 'append.jsonl'), pieces);
  }
  const path = join(dir, `${kind}.sqlite`);
  await makeTables(path, of);
  const row = rowsOf(of, 1);
  return inserting(
    path,
    Array.from({ length: batches }, (_, n) => inBatch(n).map(row)),
  );
}

function appending(path: string, pieces: readonly Buffer[]): Prepared {
  const file = openSync(path, 'ax');
  return {
    batches: pieces.length,
    work: (n) => {
      const piece = pieces[n] ?? Buffer.alloc(0);
      for (let written = 0; written < piece.length;) written += writeSync(file, piece, written);
      fdatasyncSync(file);
    },
    close: () => closeSync(file),
  };
}

function inserting(path: string, batches: readonly Row[][]): Prepared {
  const db = new SqliteDatabase(path);
  db.pragma('journal_mode = WAL');
  // Said in so many words: a build of SQLite may fall to NORMAL in WAL mode.
  db.pragma('synchronous = FULL');
  const insert = db.prepare(INSERT);
  const all = db.transaction((rows: readonly Row[]) => {
    for (const row of rows) insert.run(...row);
  });
  return {
    batches: batches.length,
    work: (n) => all.immediate(batches[n] ?? []),
    close: () => {
      const synchronous = db.pragma('synchronous', { simple: true });
      const rows = db.prepare<[], number>('SELECT count(*) FROM measurements').pluck().get();
      const wanted = batches.reduce((sum, { length }) => sum + length, 0);
      db.close();
      if (synchronous !== 2 || rows !== wanted)
        throw new Error(
          `synchronous is ${String(synchronous)}, ${String(rows)} of ${wanted} rows are there`,
        );
    },
  };
}
