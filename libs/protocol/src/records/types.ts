/**
 * The record types of version 1. One record is one line of JSON; the same bytes travel the wire,
 * rest in spool and buffer, and are replayed. Field names are those of the line (snake_case).
 */
import { z } from 'zod';

export const RECORD_VERSION = 1;

/** Longest line that is a record, in bytes, without its newline. */
export const MAX_LINE_BYTES = 65_536;

const instant = z.iso.datetime({ precision: 3 });
/** Highest number that a record of a session may have. */
export const MAX_SEQ = 0xffff_ffff;
const seq = z.int().min(0).max(MAX_SEQ);
/**
 * UUIDv7 for every session that acquisition makes; `legacy-<id>-<started_at>` for those of the
 * predecessor. No underscore: it separates the parts of a buffer's file name.
 */
export const SESSION_ID = { first: '[0-9A-Za-z]', rest: '[0-9A-Za-z.:+-]', most: 100 } as const;
export const SESSION_ID_PATTERN = `${SESSION_ID.first}${SESSION_ID.rest}{0,${SESSION_ID.most - 1}}`;
export const sessionIdSchema = z.string().regex(new RegExp(`^${SESSION_ID_PATTERN}$`));
const base = { v: z.literal(RECORD_VERSION), session: sessionIdSchema, seq };

/**
 * Keys that the maker of a record chooses are checked and handed on as they are: to copy them key by
 * key would lose one called `__proto__` in silence.
 */
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isMetadata(value: unknown): value is Record<string, string | number> {
  if (!isObject(value)) return false;
  return Object.entries(value).every(
    ([key, entry]) => key !== '' && (typeof entry === 'string' || Number.isFinite(entry)),
  );
}

/** Metadata of a session: flat, so that it is searchable as columns. */
export const metadataSchema = z.custom<Record<string, string | number>>(isMetadata, {
  error: 'an object of texts and numbers',
});

/** What an event says in figures: any JSON object. */
const payloadSchema = z.custom<Record<string, z.core.util.JSONType>>(isJsonObject, {
  error: 'a JSON object',
});

function isJsonObject(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isJson);
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  return Array.isArray(value) ? value.every(isJson) : isJsonObject(value);
}

export const deviceSchema = z.strictObject({
  model: z.string(),
  serial: z.string(),
  port: z.string(),
});

export const decodedSchema = z.strictObject({
  /** In `unit`, as displayed; null when the field did not parse. Never rescaled. */
  value: z.number().nullable(),
  unit: z.string(),
  temperature: z.number().nullable(),
  temperature_unit: z.string(),
  /** The meter's own clock, `YYYY-MM-DDTHH:MM:SS` without zone; null when it did not parse. */
  device_time: z.string().nullable(),
  record_number: z.int().nullable(),
  status: z.string(),
  range: z.string(),
  mode: z.string(),
});

export const sessionStartSchema = z.strictObject({
  ...base,
  type: z.literal('session_start'),
  seq: z.literal(0),
  started_at: instant,
  source: z.string(),
  profile: z.string(),
  device: deviceSchema,
  emulated: z.boolean(),
  metadata: metadataSchema,
});

export const measurementSchema = z.strictObject({
  ...base,
  type: z.literal('measurement'),
  /** UTC, taken when the frame's last byte arrived. */
  captured_at: instant,
  /** Whole milliseconds on the monotonic clock since the session's start. */
  elapsed_ms: z.int().min(0),
  /** From the SOH that the reading belongs to, up to and with ETX; lower-case hex. */
  raw_frame_hex: z.string().regex(/^(?:[0-9a-f]{2})+$/),
  decoded: decodedSchema,
});

export const auditEventSchema = z.strictObject({
  ...base,
  type: z.literal('audit_event'),
  at: instant,
  level: z.enum(['info', 'warning', 'error']),
  category: z.string().min(1),
  message: z.string(),
  payload: payloadSchema,
});

export const metadataUpdateSchema = z.strictObject({
  ...base,
  type: z.literal('metadata_update'),
  at: instant,
  metadata: metadataSchema.refine((m) => Object.keys(m).length > 0, 'at least one key'),
});

export const sessionEndSchema = z.strictObject({
  ...base,
  type: z.literal('session_end'),
  ended_at: instant,
  reason: z.enum(['stopped', 'profile_switch', 'instrument_changed']),
  measurement_count: z.int().min(0),
});

export const recordSchema = z.discriminatedUnion('type', [
  sessionStartSchema,
  measurementSchema,
  auditEventSchema,
  metadataUpdateSchema,
  sessionEndSchema,
]);

export type Metadata = z.infer<typeof metadataSchema>;
export type Device = z.infer<typeof deviceSchema>;
export type Decoded = z.infer<typeof decodedSchema>;
export type SessionStart = z.infer<typeof sessionStartSchema>;
export type Measurement = z.infer<typeof measurementSchema>;
export type AuditEvent = z.infer<typeof auditEventSchema>;
export type MetadataUpdate = z.infer<typeof metadataUpdateSchema>;
export type SessionEnd = z.infer<typeof sessionEndSchema>;
export type SessionRecord = z.infer<typeof recordSchema>;
export type RecordType = SessionRecord['type'];
