/** The notes of a database as they are kept in a journal, whatever version it is of. */
import { createHash } from 'node:crypto';
import type { Annotation } from '../../annotations/annotation.js';
import { instant } from './as-record.js';
import type { DatabaseReader } from './database-reader.js';

interface Row {
  readonly session: string | null;
  readonly at_ms: number;
  readonly author: string | null;
  readonly text: string;
  readonly uid?: string | null;
  readonly made_ms?: number | null;
  readonly key?: string | null;
  readonly value?: string | number | null;
}

/** Without those whose session is not readable any more: they belong to nothing. */
export function* salvagedAnnotations(reader: DatabaseReader): Generator<Annotation> {
  const rows = reader.iterate<Row>(
    `SELECT s.uid AS session, a.* FROM annotations a NOT INDEXED
     LEFT JOIN sessions s ON s.id = a.session_id ORDER BY a.id`,
  );
  for (const row of rows) {
    const at = instant(row.at_ms);
    if (row.session === null || at === undefined) continue;
    yield {
      v: 1,
      type: 'annotation',
      uid: row.uid ?? nameOf(row),
      session: row.session,
      made_at: instant(row.made_ms) ?? at,
      at,
      author: row.author,
      key: row.key ?? null,
      value: row.value ?? null,
      text: row.text,
    };
  }
}

/** Of one that was written before notes had names: the same at each reading. */
function nameOf({ session, at_ms, author, text }: Row): string {
  const said = JSON.stringify([session, at_ms, author, text]);
  return `old-${createHash('sha256').update(said).digest('hex').slice(0, 32)}`;
}
