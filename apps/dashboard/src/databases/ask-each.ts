/** One question to several databases: one that cannot be read keeps nobody from the others. */
import { StorageError } from '@elmetron/storage';
import type { Database, Size } from './database.js';
import type { Asker } from './question-queue.js';
import type { DatabaseReader } from './reader.js';

export interface Answers<T> {
  /** Of the databases that are there, in their order. */
  readonly answers: readonly { readonly database: Database; readonly answer: T }[];
  readonly problems: readonly { readonly database: Database; readonly error: StorageError }[];
}

/** Rejects with DashboardError `busy`, `gone`. */
export async function askEach<T>(
  databases: readonly Database[],
  size: Size,
  question: (reader: DatabaseReader) => Promise<T>,
  asker?: Asker,
): Promise<Answers<T>> {
  const asked = await Promise.all(
    databases.map(async (database) => {
      try {
        return { database, answer: await database.ask(size, question, asker) };
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        return { database, error };
      }
    }),
  );
  return {
    answers: asked.flatMap(({ database, answer }) =>
      answer === undefined ? [] : [{ database, answer }],
    ),
    problems: asked.flatMap(({ database, error }) =>
      error === undefined ? [] : [{ database, error }],
    ),
  };
}
