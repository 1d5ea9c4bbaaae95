/** A reading as the page gets it, and curves made of many. Times are UTC, ms since 1970, where they are numbers. */
import { z } from 'zod';

export const liveReadingSchema = z.object({
  source: z.string(),
  session: z.string(),
  seq: z.int(),
  at: z.int().describe("When the frame's last byte arrived."),
  elapsed_ms: z.int(),
  value: z.number().nullable().describe('As displayed, in `unit`; null when it was unreadable.'),
  unit: z.string(),
  temperature: z.number().nullable(),
  temperature_unit: z.string(),
});

export type LiveReading = z.output<typeof liveReadingSchema>;

/**
 * One quantity over time, in columns of one length. Where readings are missing for longer than their usual
 * distance a point with nulls stands between them, so that a line drawn through it is broken.
 */
export const seriesSchema = z.object({
  unit: z.string().describe('The unit; `temperature` has its own.'),
  at: z.array(z.number()).describe('Times of the points, ascending.'),
  low: z.array(z.number().nullable()).describe('The lowest value around each point.'),
  high: z
    .array(z.number().nullable())
    .nullable()
    .describe('The highest; null as a whole: each point is one reading, and `low` is its value.'),
});

export type Series = z.output<typeof seriesSchema>;

export const curveSchema = z.object({
  from: z.number().describe('What was asked for, and never more than there is.'),
  to: z.number(),
  readings: z.int().describe('How many readings lie in it.'),
  bucket_ms: z.number().describe('What one point stands for, in ms; 0 = each one is a reading.'),
  values: z.array(seriesSchema).describe('One for each unit that was displayed in it.'),
  temperatures: z.array(seriesSchema).describe('One for each unit of temperature.'),
});

export type Curve = z.output<typeof curveSchema>;

export const markKinds = ['note', 'alarm', 'gap', 'recovery', 'event'] as const;

/**
 * Something that happened at a moment of a curve. What lasts comes a second time when it is over: the same `kind`,
 * `session` and `at`, with its `until`.
 */
export const markSchema = z.object({
  kind: z.enum(markKinds),
  session: z.string(),
  at: z.number(),
  until: z.number().nullable().describe('Of what lasted: until when.'),
  level: z.enum(['info', 'warning', 'error']),
  text: z.string(),
  author: z.string().nullable(),
});

export type Mark = z.output<typeof markSchema>;

/** The body of every answer that is an error. */
export const errorSchema = z.object({
  code: z.string().describe('For programs; stays as it is.'),
  message: z.string().describe('For people: what is wrong, and the way out.'),
});

export type ApiError = z.output<typeof errorSchema>;
