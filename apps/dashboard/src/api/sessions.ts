/** Recorded sessions: the list, one of them, its curve, what people add to it. */
import { z } from 'zod';
import { markSchema } from './readings.js';

export const sessionRowSchema = z.object({
  session_uid: z.string(),
  source: z.string().nullable(),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  profile: z.string().nullable(),
  emulated: z.boolean(),
  started_at: z.string().nullable().describe('UTC, ISO 8601 with ms.'),
  ended_at: z.string().nullable().describe('null while it is open.'),
  end_reason: z.string().nullable(),
  measurement_count: z.int(),
  recovered_count: z.int(),
});

export type SessionRow = z.output<typeof sessionRowSchema>;

/** `GET /api/sessions`: the latest first. */
export const sessionsQuerySchema = z.object({
  search: z
    .string()
    .max(200)
    .optional()
    .describe(
      'Part of a name, model, serial number, source, profile, note or metadata; upper and lower case are the same.',
    ),
  source: z.string().max(64).optional().describe("One meter's sessions; exactly its name."),
  emulated: z.enum(['true', 'false']).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  after: z.string().max(200).optional().describe('`next` of the page before.'),
});

export const sessionsSchema = z.object({
  sessions: z.array(sessionRowSchema),
  next: z.string().nullable().describe('For the next page; null: this is the last one.'),
  problems: z
    .array(z.string())
    .describe(
      'Databases that cannot be read now, whose sessions are missing here: a sentence for each.',
    ),
});

export type SessionsPage = z.output<typeof sessionsSchema>;

export const sessionParamsSchema = z.object({
  session: z
    .string()
    .min(1)
    .max(100)
    .regex(/^[0-9A-Za-z][0-9A-Za-z:._+-]*$/),
});

export const unitStatisticsSchema = z.object({
  unit: z.string(),
  measurements: z.int(),
  without_value: z.int().describe('Without a value: unreadable.'),
  least: z.number().nullable(),
  greatest: z.number().nullable(),
  mean: z.number().nullable(),
  standard_deviation: z
    .number()
    .nullable()
    .describe('Of the sample (n - 1); null with fewer than two values.'),
  first_at: z.string(),
  last_at: z.string(),
});

/** `GET /api/sessions/{session}/statistics` reads all of the session. */
export const statisticsSchema = z.object({
  units: z.array(unitStatisticsSchema),
  recovered: z
    .array(z.object({ from: z.number(), to: z.number(), measurements: z.int() }))
    .describe('Stretches that a recovery replayed, in the order of their times.'),
});

export type Statistics = z.output<typeof statisticsSchema>;

/** `GET /api/sessions/{session}` */
export const sessionSchema = z.object({
  session: sessionRowSchema,
  first: z
    .number()
    .nullable()
    .describe('First and last reading, ms since 1970; null without readings.'),
  last: z.number().nullable(),
  metadata: z.record(z.string(), z.union([z.string(), z.number()])),
  marks: z
    .array(markSchema)
    .describe(
      'Notes, alarms, gaps, recoveries and other events, in the order of their times; the last 2,000.',
    ),
});

export type Session = z.output<typeof sessionSchema>;

/** `GET /api/sessions/{session}/curve` */
export const curveQuerySchema = z.object({
  from: z.coerce.number().optional().describe('ms since 1970; the whole session if not said.'),
  to: z.coerce.number().optional(),
  points: z.coerce
    .number()
    .int()
    .min(50)
    .max(10_000)
    .default(1_500)
    .describe(
      'About so many points at most, for each series; a stretch with no more readings comes in full.',
    ),
});

/** `GET /api/sessions/{session}/export` streams a file. */
export const exportQuerySchema = z.object({
  format: z.enum(['csv', 'jsonl', 'xlsx', 'parquet']),
  from: z.coerce.number().optional(),
  to: z.coerce.number().optional(),
  time_zone: z.string().max(64).optional().describe("IANA name; the server's own if not said."),
  separator: z.enum([',', ';', '\t', '|']).default(',').describe('CSV only.'),
  decimal: z.enum(['.', ',']).default('.'),
  raw: z.enum(['true', 'false']).default('false'),
});

/** `POST /api/sessions/{session}/notes` */
export const noteSchema = z.strictObject({
  text: z.string().trim().min(1).max(2_000),
  author: z.string().trim().max(100).optional(),
  at: z
    .number()
    .int()
    .min(0)
    // The end of the year 9999: what comes after it is written otherwise.
    .max(253_402_300_799_999)
    .optional()
    .describe('The moment that it is about, ms since 1970; now if not said.'),
});

/** `POST /api/sessions/{session}/metadata` */
export const metadataSchema = z.strictObject({
  key: z
    .string()
    .trim()
    .min(1)
    .max(100)
    // No name that an answer could carry.
    .refine((key) => key !== '__proto__'),
  value: z
    .union([z.string().max(1_000), z.number(), z.null()])
    .describe('null takes the key back.'),
  author: z.string().trim().max(100).optional(),
});

export const addedSchema = z.object({
  stored: z
    .boolean()
    .describe('False: it is in the journal beside the database, which takes it as soon as it can.'),
  reason: z.string().nullable().describe('Why not.'),
});

export type Added = z.output<typeof addedSchema>;
