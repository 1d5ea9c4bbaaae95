/** A reading as the page gets it, and curves made of many. Times are UTC, ms since 1970, where they are numbers. */
import { z } from 'zod';

export const liveReadingSchema = z.object({
  source: z.string(),
  session: z.string(),
  seq: z.int(),
  /** When the frame's last byte arrived. */
  at: z.int(),
  elapsed_ms: z.int(),
  /** As displayed, in `unit`; null when it was unreadable. */
  value: z.number().nullable(),
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
  /** The unit; `temperature` has its own. */
  unit: z.string(),
  /** Times of the points, ascending. */
  at: z.array(z.number()),
  /** The lowest value around each point. */
  low: z.array(z.number().nullable()),
  /** The highest; null as a whole: each point is one reading, and `low` is its value. */
  high: z.array(z.number().nullable()).nullable(),
});

export type Series = z.output<typeof seriesSchema>;

export const curveSchema = z.object({
  /** What was asked for, and never more than there is. */
  from: z.number(),
  to: z.number(),
  /** How many readings lie in it. */
  readings: z.int(),
  /** What one point stands for, in ms; 0 = each one is a reading. */
  bucket_ms: z.number(),
  /** One for each unit that was displayed in it. */
  values: z.array(seriesSchema),
  /** One for each unit of temperature. */
  temperatures: z.array(seriesSchema),
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
  /** Of what lasted: until when. */
  until: z.number().nullable(),
  level: z.enum(['info', 'warning', 'error']),
  text: z.string(),
  author: z.string().nullable(),
});

export type Mark = z.output<typeof markSchema>;

/** The body of every answer that is an error. */
export const errorSchema = z.object({
  /** For programs; stays as it is. */
  code: z.string(),
  /** For people: what is wrong, and the way out. */
  message: z.string(),
});

export type ApiError = z.output<typeof errorSchema>;
