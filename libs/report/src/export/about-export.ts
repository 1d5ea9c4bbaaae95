/** What a file says of itself, where its format has a place for it. */
import { basename } from 'node:path';
import { count } from '../quantities.js';
import type { ZoneClock } from '../time/zone-clock.js';
import type { ExportSelection } from './export-part.js';

/** As many sessions as a person would look at; the manifest has all. */
const LISTED = 200;

/** @param program who makes it, with its version */
export function aboutExport(
  selection: ExportSelection,
  clock: ZoneClock,
  program: string,
): (readonly [name: string, value: string])[] {
  const { database, parts, readings, since, until } = selection;
  return [
    ['Program', program],
    ['Database', `${basename(database.path)}${database.emulated ? ' (emulated meters)' : ''}`],
    ['Readings', count(readings)],
    ['Time zone', `${clock.zone}; the column "Time (UTC)" is independent of it`],
    ['Values', 'as the meter displayed them, never rescaled; empty: unreadable'],
    ...(since === null ? [] : [['From', since] as const]),
    ...(until === null ? [] : [['Before', until] as const]),
    ...parts.slice(0, LISTED).map(({ session, readings: n }) => {
      const { session_uid, model, serial, started_at } = session;
      const text = `${model ?? '?'} ${serial ?? '?'}, begun ${started_at ?? '?'}, ${count(n)} readings`;
      return [`Session ${session_uid}`, text] as const;
    }),
    ...(parts.length > LISTED ? [['And', `${parts.length - LISTED} more sessions`] as const] : []),
  ];
}
