/**
 * What is happening now. `GET /api/live` is a stream of server-sent events, each with one of the bodies below
 * as JSON: `hello` first and then every few seconds, so that a page knows a lost server; `meters` at first and
 * when something has changed; `readings` as they come, several in one event; `marks` as they come.
 */
import { z } from 'zod';
import { liveReadingSchema, markSchema } from './readings.js';

export const reasonSchema = z.object({
  code: z.string(),
  level: z.enum(['degraded', 'critical']),
  message: z.string(),
  advice: z.string().describe('What a person can do about it.'),
});

export type Reason = z.output<typeof reasonSchema>;

export const recordingStates = ['recording', 'kept', 'not_recording', 'unknown'] as const;

export const meterSchema = z.object({
  source: z.string().describe("`acquisition.source`: one meter's data."),
  bench: z.string().describe('The configuration that it is of.'),
  model: z.string().nullable(),
  serial: z.string().nullable(),
  port: z.string().nullable(),
  profile: z.string().nullable(),
  session: z.string().nullable(),
  session_started_at: z.number().nullable(),
  emulated: z.boolean().nullable().describe('null: not known yet.'),
  recording: z.object({
    state: z
      .enum(recordingStates)
      .describe(
        '`recording`: readings come, and the writer confirms them; `kept`: they come and wait in the spool of acquisition, safe, and not yet in the database; `not_recording`: none come, or they cannot be kept; `unknown`: acquisition does not say (it is not asked, [monitoring] has 0 for it, or it does not answer while readings come).',
      ),
    message: z.string().describe('One sentence for people: what, and why.'),
  }),
  reasons: z
    .array(reasonSchema)
    .describe('What acquisition and writer say beside "all is well", the worst first.'),
  waiting: z
    .int()
    .nullable()
    .describe('Records that a consumer has not confirmed yet; null: not known.'),
  last_reading: liveReadingSchema.nullable(),
  interval_ms: z
    .number()
    .nullable()
    .describe('The usual distance of two readings, in ms; null: not known.'),
});

export type Meter = z.output<typeof meterSchema>;

export const helloSchema = z.object({
  now: z
    .number()
    .describe("The server's clock, ms since 1970: what the age of a reading is counted from."),
  version: z.string(),
});

export const liveEventSchemas = {
  hello: helloSchema,
  meters: z.object({ meters: z.array(meterSchema) }),
  readings: z.object({ readings: z.array(liveReadingSchema) }),
  marks: z.object({ marks: z.array(markSchema) }),
} as const;

export type LiveEvents = {
  readonly [K in keyof typeof liveEventSchemas]: z.output<(typeof liveEventSchemas)[K]>;
};

/** `GET /api/live/history`: the curve of one meter up to now, over its sessions. */
export const historyQuerySchema = z.object({
  source: z.string().min(1).max(64),
  seconds: z.coerce.number().int().min(10).max(86_400).default(600),
  points: z.coerce
    .number()
    .int()
    .min(50)
    .max(10_000)
    .default(1_500)
    .describe('About so many points at most, for each series.'),
});
