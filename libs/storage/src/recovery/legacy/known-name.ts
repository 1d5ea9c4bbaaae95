/**
 * The same session is written in several ways: its time with a blank or a `T`, with `+00:00`, `Z` or no zone.
 * Whoever comes second (a buffer or the database) has to find the session that the first one made.
 */
import { inStore } from '../recovery-context.js';
import type { ImportContext } from './import-readings.js';
import { legacySessionName } from './legacy-session.js';

const ZONE_OF_UTC = /(?: ?(?:Z|z|\+00(?::?00)?))?$/;

/** Undefined: the session is not in the store yet. */
export async function knownName(
  context: ImportContext,
  emulated: boolean,
  id: string,
  startedAt: string,
): Promise<string | undefined> {
  for (const name of namesOf(id, startedAt)) {
    const state = await inStore(context, emulated, (store) => store.sessionState(name));
    if (state !== undefined) return name;
  }
  return undefined;
}

/** As it is written first. */
function namesOf(id: string, startedAt: string): readonly string[] {
  const written = legacySessionName(id, startedAt);
  // Another zone than that of UTC is part of what was written.
  if (/[+-]\d\d:?(?:\d\d)?$/.test(startedAt.slice(19)) && !/\+00(?::?00)?$/.test(startedAt))
    return [written];
  const stem = startedAt.trim().replace(ZONE_OF_UTC, '');
  return [
    ...new Set([written, ...['', 'Z', '+00:00'].map((zone) => legacySessionName(id, stem + zone))]),
  ];
}
