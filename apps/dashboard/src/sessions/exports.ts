/**
 * Sessions as files, streamed: a page of readings at a time goes through the format into the answer, and no more is
 * read than is taken. What breaks off must not look whole.
 */
import { PassThrough, type Readable } from 'node:stream';
import type { Log } from '@elmetron/protocol';
import { aboutExport, exportRow, outputName, tableWriterFor, ZoneClock } from '@elmetron/report';
import type { ReadingRange } from '@elmetron/storage';
import type { z } from 'zod';
import type { exportQuerySchema } from '../api/sessions.js';
import { DashboardError } from '../dashboard-error.js';
import type { Found } from './archive.js';

export type ExportQuery = z.output<typeof exportQuerySchema>;

export interface ExportFile {
  /** Safe in a header and on any disk. */
  readonly name: string;
  readonly type: string;
  /** Fails when the export does; to be destroyed when nobody takes it any more. */
  readonly body: Readable;
}

/** Each keeps a thread of a database busy. */
const MOST_AT_ONCE = 3;
/** Who takes nothing for so long, such as a phone that has left the network, keeps the others out no longer. */
const PATIENCE_MS = 60_000;

const TYPES: Readonly<Record<ExportQuery['format'], string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/x-ndjson',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  parquet: 'application/vnd.apache.parquet',
};

export interface ExportsParts {
  /** Who makes the files, with its version. */
  readonly program: string;
  readonly log: Log;
  /** 60 s */
  readonly patienceMs?: number;
}

interface Job {
  readonly found: Found;
  readonly query: ExportQuery;
  readonly range: ReadingRange;
  /** How many there are in it. */
  readonly readings: number;
  readonly clock: ZoneClock;
}

export class Exports {
  readonly #parts: ExportsParts;
  #underWay = 0;

  constructor(parts: ExportsParts) {
    this.#parts = parts;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** Throws DashboardError `bad_request`, `too_many_exports`, `session_not_found`; ReportError, StorageError. */
  async begin(found: Found, query: ExportQuery): Promise<ExportFile> {
    const clock =
      query.time_zone === undefined ? ZoneClock.ofThisComputer() : new ZoneClock(query.time_zone);
    const range = rangeOf(query, found.session.last_seq);
    checkCharacters(query);
    if (this.#underWay >= MOST_AT_ONCE) {
      throw new DashboardError(
        'too_many_exports',
        `${this.#underWay} exports are under way; begin this one when one of them has ended.`,
      );
    }
    this.#underWay += 1;
    try {
      const readings = await this.#count(found, range);
      const body = new PassThrough();
      void this.#stream({ found, query, range, readings, clock }, body).finally(() => {
        this.#underWay -= 1;
      });
      return { name: `${nameOf(found, clock)}.${query.format}`, type: TYPES[query.format], body };
    } catch (error) {
      this.#underWay -= 1;
      throw error;
    }
  }

  async #count({ database, session }: Found, range: ReadingRange): Promise<number> {
    const { session_uid } = session;
    const readings = await database.ask('large', (reader) =>
      reader.countReadings(session_uid, range),
    );
    if (readings !== undefined) return readings;
    throw new DashboardError('session_not_found', `${session_uid} is not there any more.`);
  }

  /** Never rejects. */
  async #stream(job: Job, body: PassThrough): Promise<void> {
    const { session_uid } = job.found.session;
    try {
      await this.#write(job, body);
      body.end();
    } catch (error) {
      // Whoever took it has gone away.
      if (body.destroyed) return;
      this.#parts.log.error({ err: error, session: session_uid }, 'An export was broken off');
      body.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #write({ found, query, range, readings, clock }: Job, body: PassThrough): Promise<void> {
    const { database, session } = found;
    const { since = null, until = null } = range;
    const { program } = this.#parts;
    const parts = readings === 0 ? [] : [{ session, range, readings }];
    const writer = await tableWriterFor(query.format, {
      sink: (bytes) => taken(body, bytes, this.#parts.patienceMs ?? PATIENCE_MS),
      clock,
      raw: query.raw === 'true',
      separator: query.separator,
      decimal: query.decimal,
      about: aboutExport({ database, parts, readings, since, until }, clock, program),
      program,
    });
    let written = 0;
    for await (const page of database.readings(session.session_uid, range)) {
      await writer.write(page.map((reading) => exportRow(reading, session, database.emulated)));
      written += page.length;
    }
    if (written !== readings) throw new Error(`${written} readings came instead of ${readings}`);
    await writer.finish();
  }
}

function checkCharacters({ format, separator, decimal }: ExportQuery): void {
  if (format !== 'csv' || separator !== decimal) return;
  throw new DashboardError(
    'bad_request',
    'Separator and decimal point must not be the same; take separator=; beside it.',
  );
}

/** Both ends are meant to be in it, and what comes while it is written is not. */
function rangeOf({ from, to }: ExportQuery, upTo: number): ReadingRange {
  return {
    upTo,
    ...(from === undefined ? {} : { since: instant(from) }),
    ...(to === undefined ? {} : { until: instant(to + 1) }),
  };
}

function instant(ms: number): string {
  const at = new Date(ms);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  throw new DashboardError('bad_request', 'from and to have to be ms since 1970.');
}

function nameOf({ database, session }: Found, clock: ZoneClock): string {
  const parts = [{ session, range: {}, readings: session.measurement_count }];
  return outputName({ parts, database }, clock);
}

/** Resolves when there is room for more. Rejects when nobody takes it any more. */
function taken(body: PassThrough, bytes: Uint8Array, withinMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(patience);
      body.off('drain', settle).off('close', settle);
      if (body.destroyed) reject(new Error('the export was broken off'));
      else resolve();
    };
    const patience = setTimeout(() => {
      body.destroy(new Error(`nothing of the export was taken for ${withinMs / 1000} s`));
    }, withinMs);
    if (body.destroyed || body.write(bytes)) settle();
    else body.once('drain', settle).once('close', settle);
  });
}
