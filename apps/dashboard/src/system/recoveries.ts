/** What recoveries did lately, of several databases. */
import { StorageError } from '@elmetron/storage';
import type { z } from 'zod';
import type { benchSchema } from '../api/system.js';
import type { Database } from '../databases/database.js';

/** `recoveries`: the latest first. `problems`: of databases that cannot be read, which may know of more. */
export type Recoveries = Pick<z.output<typeof benchSchema>, 'recoveries' | 'problems'>;

const SHOWN = 10;

export async function recoveriesOf(databases: readonly Database[]): Promise<Recoveries> {
  const problems: string[] = [];
  const found = await Promise.all(
    databases.map((database) =>
      database
        .ask('small', (reader) => reader.lastEvents('recovery', SHOWN))
        .catch((error: unknown) => {
          if (!(error instanceof StorageError)) throw error;
          problems.push(error.message);
          return [];
        }),
    ),
  );
  const recoveries = found
    .flatMap((events) => events ?? [])
    .map(({ at, level, message }) => ({ at, level, message }))
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, SHOWN);
  return { recoveries, problems };
}
