/**
 * One line of the predecessor's buffer, read with as little trust as it deserves: it carries
 * neither version nor number nor checksum, and what its fields hold is known from examples only.
 */
import { z } from 'zod';
import type { StoredReading } from './comparison.js';
import { toUtcInstant } from './legacy-instant.js';

export interface LegacyStart {
  readonly kind: 'start';
  readonly id: string;
  /** As it was written; part of the session's name. */
  readonly startedAt: string;
  /** The same as UTC with ms; undefined when it is no instant. */
  readonly startedAtUtc: string | undefined;
  readonly device: {
    readonly serial?: string | undefined;
    readonly description?: string | undefined;
    readonly model?: string | undefined;
  };
  readonly metadata: Readonly<Record<string, string | number>>;
}

export interface LegacyMeasurement {
  readonly kind: 'measurement';
  /** UTC with ms. */
  readonly capturedAt: string;
  /** What the predecessor took for a frame; never empty. */
  readonly raw: Buffer;
  /** Its value and unit of it; undefined when it stored none. */
  readonly stored: StoredReading | undefined;
}

export type LegacyLine =
  LegacyStart | LegacyMeasurement | { readonly kind: 'unreadable'; readonly reason: string };

/** A text that says something. */
const text = z
  .union([z.string(), z.number()])
  .transform((value) => String(value).trim() || undefined)
  .optional()
  .catch(undefined);

const startSchema = z.object({
  type: z.literal('session_start'),
  session_id: z.union([z.string().min(1), z.number()]).transform(String),
  started_at: z.string().min(1),
  device: z.object({ serial: text, description: text, model: text }).catch({}),
  metadata: z.record(z.string(), z.json()).catch({}),
});

const measurementSchema = z.object({
  type: z.literal('measurement'),
  captured_at: z.string(),
  raw_frame_hex: z.string(),
  decoded: z
    .object({ value: z.json().optional(), unit: z.json().optional() })
    .optional()
    .catch(undefined),
});

/** A line's JSON object, without `v`, `seq` and `crc`. */
export type LegacyFields = Readonly<Record<string, unknown>>;

/** Never throws: what cannot be read is a value, to be set aside. */
export function readLegacyLine(fields: LegacyFields): LegacyLine {
  if (fields['type'] === 'session_start') return readStart(fields);
  if (fields['type'] === 'measurement') return readMeasurement(fields);
  return unreadable('neither a session_start nor a measurement');
}

/** Whether the predecessor wrote it, or another program, judged by its shape. */
export function looksLegacy(fields: LegacyFields): boolean {
  return (
    (fields['type'] === 'session_start' && 'session_id' in fields && 'started_at' in fields) ||
    (fields['type'] === 'measurement' && 'captured_at' in fields && 'raw_frame_hex' in fields)
  );
}

function readStart(fields: LegacyFields): LegacyLine {
  const read = startSchema.safeParse(fields);
  if (!read.success) return unreadable('a session_start without session_id or started_at');
  const { session_id, started_at, device, metadata } = read.data;
  return {
    kind: 'start',
    id: session_id,
    startedAt: started_at,
    startedAtUtc: toUtcInstant(started_at),
    device,
    metadata: flatten(metadata),
  };
}

function readMeasurement(fields: LegacyFields): LegacyLine {
  const read = measurementSchema.safeParse(fields);
  if (!read.success) return unreadable('a measurement without captured_at or raw_frame_hex');
  const capturedAt = toUtcInstant(read.data.captured_at);
  if (capturedAt === undefined) return unreadable('captured_at is no time');
  const hex = read.data.raw_frame_hex.replace(/\s/g, '');
  if (!/^(?:[0-9a-f]{2})+$/i.test(hex)) return unreadable('raw_frame_hex is not hexadecimal');
  const { decoded } = read.data;
  return {
    kind: 'measurement',
    capturedAt,
    raw: Buffer.from(hex, 'hex'),
    stored: decoded && { value: decoded.value, unit: decoded.unit },
  };
}

/** Version 1 keeps metadata flat: what is deeper is kept as its JSON text. */
function flatten(metadata: Readonly<Record<string, unknown>>): Record<string, string | number> {
  const flat: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (key === '' || value === null) continue;
    flat[key] =
      typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
  }
  return flat;
}

function unreadable(reason: string): LegacyLine {
  return { kind: 'unreadable', reason };
}
