import type { LoggedSession } from '@elmetron/storage';
import type { Database } from '../databases/database.js';
import type { Identity } from '../watch/identities.js';

/** Which meter a session is of, or the last one of a source; undefined: none is stored. Rejects with StorageError. */
export async function storedIdentity(
  databases: readonly Database[],
  source: string,
  session: string | null,
): Promise<Identity | undefined> {
  const found = await Promise.all(
    databases.map(async (database): Promise<[LoggedSession, boolean][]> => {
      const stored = await database.ask('small', (reader) =>
        session === null ? reader.sessions({ source, limit: 1 }) : one(reader.session(session)),
      );
      return (stored ?? []).map((logged) => [logged, database.emulated]);
    }),
  );
  const [latest] = found.flat().sort(([a], [b]) => (b.session_uid > a.session_uid ? 1 : -1));
  if (latest === undefined) return undefined;
  const [{ session_uid, started_at, model, serial, profile }, emulated] = latest;
  const startedAt = started_at === null ? null : Date.parse(started_at);
  return { session: session_uid, startedAt, model, serial, port: null, profile, emulated };
}

async function one<T>(found: Promise<T | undefined>): Promise<readonly T[]> {
  const session = await found;
  return session === undefined ? [] : [session];
}
