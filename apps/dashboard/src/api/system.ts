/** How the whole is: `GET /api/system`, `GET /api/log`. */
import { z } from 'zod';
import { reasonSchema } from './live.js';

export const processSchema = z.object({
  name: z.string().describe('acquisition, writer, dashboard'),
  port: z.int().describe('0: not asked.'),
  status: z.enum(['ok', 'degraded', 'critical', 'off', 'not running', 'unknown']),
  reasons: z.array(reasonSchema),
  figures: z.record(z.string(), z.unknown()).describe('What its /health page says, name by name.'),
});

export const benchSchema = z.object({
  name: z.string().describe('Of the configuration: `app`, `bench-2`'),
  source: z.string(),
  processes: z.array(processSchema),
  spool: z.object({ bytes: z.number(), max_bytes: z.number() }),
  buffers: z.object({ files: z.int(), bytes: z.number(), last_sync: z.string().nullable() }),
  archive: z.object({ files: z.int(), bytes: z.number() }),
  databases: z.array(
    z.object({
      path: z.string(),
      emulated: z.boolean(),
      bytes: z.number(),
      last_commit: z.string().nullable(),
    }),
  ),
  disks: z.array(z.object({ path: z.string(), free_bytes: z.number(), total_bytes: z.number() })),
  problems: z
    .array(z.string())
    .describe('Databases that are there and cannot be read now: a sentence for each.'),
  recoveries: z
    .array(z.object({ at: z.string(), level: z.string(), message: z.string() }))
    .describe('The latest first.'),
});

export const systemSchema = z.object({
  at: z.string(),
  verdict: z.object({
    level: z.enum(['ok', 'degraded', 'critical']),
    title: z.string().describe('One sentence that anybody understands.'),
    advice: z
      .array(z.string())
      .describe('What to do, the most urgent first; none when all is well.'),
  }),
  benches: z.array(benchSchema),
});

export type System = z.output<typeof systemSchema>;

export const logQuerySchema = z.object({
  bench: z.string().min(1).max(64),
  process: z.enum(['acquisition', 'writer', 'dashboard']),
  lines: z.coerce.number().int().min(1).max(500).default(100),
});

export const logSchema = z.object({
  file: z
    .string()
    .nullable()
    .describe('null: there is no file; `note` says where the lines are then.'),
  note: z.string().nullable(),
  lines: z
    .array(
      z.object({
        at: z.string().nullable(),
        level: z.string(),
        message: z.string(),
        /** What else the line says, as JSON. */
        fields: z.string(),
      }),
    )
    .describe('The oldest first.'),
});

export type LogLines = z.output<typeof logSchema>;
