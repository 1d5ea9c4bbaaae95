/** How the whole is: `GET /api/system`, `GET /api/log`. */
import { z } from 'zod';
import { reasonSchema } from './live.js';

export const processSchema = z.object({
  /** acquisition, writer, dashboard */
  name: z.string(),
  /** 0: not asked. */
  port: z.int(),
  status: z.enum(['ok', 'degraded', 'critical', 'off', 'not running', 'unknown']),
  reasons: z.array(reasonSchema),
  /** What its /health page says, name by name. */
  figures: z.record(z.string(), z.unknown()),
});

export const benchSchema = z.object({
  /** Of the configuration: `app`, `bench-2` */
  name: z.string(),
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
  /** The latest first. */
  recoveries: z.array(z.object({ at: z.string(), level: z.string(), message: z.string() })),
});

export const systemSchema = z.object({
  at: z.string(),
  verdict: z.object({
    level: z.enum(['ok', 'degraded', 'critical']),
    /** One sentence that anybody understands. */
    title: z.string(),
    /** What to do, the most urgent first; none when all is well. */
    advice: z.array(z.string()),
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
  /** null: there is no file; `note` says where the lines are then. */
  file: z.string().nullable(),
  note: z.string().nullable(),
  /** The oldest first. */
  lines: z.array(
    z.object({
      at: z.string().nullable(),
      level: z.string(),
      message: z.string(),
      /** What else the line says, as JSON. */
      fields: z.string(),
    }),
  ),
});

export type LogLines = z.output<typeof logSchema>;
