/**
 * What a person says of a session after the fact: a note, or a fact by its key. Acquisition numbers the
 * records of a session and nobody else; so this is no record, but stands beside them, known by a name of
 * its own. It is kept twice, as one line of JSON in a journal beside the database, and in the database.
 */
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { sessionIdSchema } from '@elmetron/protocol/offline';

const instant = z.iso.datetime({ precision: 3 });

const schema = z.object({
  v: z.literal(1),
  type: z.literal('annotation'),
  /** Its own name, so that to say it again changes nothing. */
  uid: z.string().min(1).max(100),
  session: sessionIdSchema,
  /** When it was written, UTC, ISO 8601 with ms. */
  made_at: instant,
  /** The moment that it is about. */
  at: instant,
  author: z.string().nullable(),
  /** null: a note. Otherwise what it is that has this value. */
  key: z.string().min(1).nullable(),
  /** Of a key; null takes the key back. */
  value: z.union([z.string(), z.number()]).nullable(),
  /** Of a note; empty for a key. */
  text: z.string(),
});

export type Annotation = z.output<typeof schema>;

/** Of what stands in no journal yet, such as the row of a damaged database. */
export function isAnnotation(value: unknown): boolean {
  return schema.safeParse(value).success;
}

/** One line, without newline; its checksum stands last, as in a record. */
export function annotationLine(annotation: Annotation): string {
  const body = JSON.stringify(schema.parse(annotation)).slice(0, -1);
  return `${body}${trailer(body)}`;
}

/** undefined: it is none, or not what was written. */
export function readAnnotationLine(line: string): Annotation | undefined {
  const end = line.lastIndexOf(CRC_KEY);
  if (end < 0) return undefined;
  const body = line.slice(0, end);
  if (line !== `${body}${trailer(body)}`) return undefined;
  try {
    return schema.safeParse(JSON.parse(`${body}}`)).data;
  } catch {
    return undefined;
  }
}

const CRC_KEY = ',"crc":"';

function trailer(body: string): string {
  return `${CRC_KEY}${crc32(body).toString(16).padStart(8, '0')}"}`;
}
