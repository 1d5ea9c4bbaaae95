/** What recoveries did lately, of several databases. */
import { StorageError } from '@elmetron/storage';
import type { z } from 'zod';
import type { benchSchema } from '../api/system.js';
import type { Database } from '../databases/database.js';

type Recoveries = z.output<typeof benchSchema>['recoveries'];

const SHOWN = 10;

/** The latest first. A database that cannot be read says nothing here: its process says why. */
export async function recoveriesOf(databases: readonly Database[]): Promise<Recoveries> {
  const found = await Promise.all(
    databases.map((database) =>
      database
        .ask('small', (reader) => reader.lastEvents('recovery', SHOWN))
        .catch((error: unknown) => {
          if (!(error instanceof StorageError)) throw error;
          return [];
        }),
    ),
  );
  return found
    .flatMap((events) => events ?? [])
    .map(({ at, level, message }) => ({ at, level, message }))
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, SHOWN);
}
