/** What lies beside an export: what is in it, how much of it, and by which sum it is known. */
import { basename } from 'node:path';
import type { ExportFormat, ExportPart } from '@elmetron/report';
import type { LoggedReading } from '@elmetron/storage';
import type { WholeFile } from './output-file.js';
import type { ExportPlan } from './plan-export.js';

/** Counted from the rows as they were written, not from what was planned. */
export class SessionAccount {
  readonly part: ExportPart;
  readonly units: Record<string, number> = {};
  rows = 0;
  recovered = 0;
  withoutValue = 0;
  #first: LoggedReading | undefined;
  #last: LoggedReading | undefined;

  constructor(part: ExportPart) {
    this.part = part;
  }

  count(readings: readonly LoggedReading[]): void {
    for (const { unit, recovered, value } of readings) {
      this.units[unit] = (this.units[unit] ?? 0) + 1;
      this.recovered += recovered;
      if (value === null) this.withoutValue += 1;
    }
    this.rows += readings.length;
    this.#first ??= readings[0];
    this.#last = readings.at(-1) ?? this.#last;
  }

  entry(metadata: Readonly<Record<string, string | number>>): object {
    const { session_uid, source, model, serial, profile, started_at, ended_at, end_reason } =
      this.part.session;
    return {
      session_uid,
      source,
      model,
      serial,
      profile,
      started_at,
      ended_at,
      end_reason,
      rows: this.rows,
      units: this.units,
      without_value: this.withoutValue,
      recovered: this.recovered,
      first: { seq: this.#first?.seq ?? null, captured_at: this.#first?.captured_at ?? null },
      last: { seq: this.#last?.seq ?? null, captured_at: this.#last?.captured_at ?? null },
      metadata,
    };
  }
}

export interface ManifestParts {
  readonly path: string;
  readonly format: ExportFormat;
  readonly program: string;
  readonly madeAt: string;
  readonly timeZone: string;
  readonly raw: boolean;
  readonly plan: ExportPlan;
  readonly columns: readonly string[];
  readonly accounts: readonly SessionAccount[];
  readonly ofFormat: Readonly<Record<string, unknown>>;
  readonly whole: WholeFile;
}

export function manifestOf(parts: ManifestParts): object {
  const { plan, whole, accounts } = parts;
  return {
    manifest: 1,
    file: basename(parts.path),
    format: parts.format,
    bytes: whole.bytes,
    sha256: whole.sha256,
    rows: accounts.reduce((sum, { rows }) => sum + rows, 0),
    made_at: parts.madeAt,
    program: parts.program,
    database: basename(plan.database.path),
    emulated: plan.database.emulated,
    since: plan.since,
    until: plan.until,
    time_zone: parts.timeZone,
    raw_frames: parts.raw,
    columns: parts.columns,
    ...parts.ofFormat,
    sessions: accounts.map((account) =>
      account.entry(plan.database.reader.metadata(account.part.session.session_uid)),
    ),
  };
}
