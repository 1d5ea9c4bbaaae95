/** `elmetron export`: from the database, page by page, through a format, into a file. */
import { CliError, throwIfInterrupted } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import { withDatabases } from '../../databases.js';
import type { ExitCode } from '../../exit-codes.js';
import { refuseTheOneInUse } from '../../disk/in-use.js';
import { progressBar } from '../../terminal/progress-bar.js';
import { count, size } from '../../terminal/quantities.js';
import { ZoneClock } from '../../time/zone-clock.js';
import { version } from '../../version.js';
import { aboutExport } from './about-export.js';
import type { ExportOptions } from './command.js';
import { exportColumns, type ExportRow } from './export-row.js';
import { manifestOf, SessionAccount } from './manifest.js';
import { manifestPath, OutputFile } from './output-file.js';
import { chooseOutput, type Output } from './output-name.js';
import { planExport, type ExportPlan } from './plan-export.js';
import type { Sink, TableWriter } from './table-writer.js';

export async function exportReadings(
  context: CommandContext,
  options: ExportOptions,
  session: string | undefined,
): Promise<ExitCode | undefined> {
  checkCharacters(options);
  const { timeZone } = options;
  const clock = timeZone === undefined ? ZoneClock.ofThisComputer() : new ZoneClock(timeZone);
  const { app } = await context.config();
  const { storage } = app;
  await withDatabases(storage, async (databases) => {
    const plan = planExport(databases, storage, session, options, context.clock.now());
    const output = await chooseOutput(options, plan, clock);
    const job = { context, options, plan, output, clock };
    if (output.path === undefined) await intoStandardOutput(job);
    else {
      for (const file of [output.path, manifestPath(output.path)]) {
        await refuseTheOneInUse(file, app);
      }
      await intoFile(job, output.path);
    }
  });
  return undefined;
}

interface Job {
  readonly context: CommandContext;
  readonly options: ExportOptions;
  readonly plan: ExportPlan;
  readonly output: Output;
  readonly clock: ZoneClock;
}

async function intoStandardOutput(job: Job): Promise<void> {
  const writer = await tableWriter(job, (bytes) => job.context.voice.bytes(bytes));
  await copy(job, writer);
  await writer.finish();
}

async function intoFile(job: Job, path: string): Promise<void> {
  const { context, options, plan, output, clock } = job;
  const file = await OutputFile.create(path, options.force === true);
  try {
    const writer = await tableWriter(job, (bytes) => file.write(bytes));
    const accounts = await copy(job, writer);
    const ofFormat = await writer.finish();
    throwIfInterrupted(context.signal);
    const raw = options.raw === true;
    const whole = await file.finish((sum) =>
      manifestOf({
        path,
        format: output.format,
        program: `elmetron ${version()}`,
        madeAt: new Date(context.clock.now()).toISOString(),
        timeZone: clock.zone,
        raw,
        plan,
        columns: exportColumns(raw).map(({ name }) => name),
        accounts,
        ofFormat,
        whole: sum,
      }),
    );
    const rows = accounts.reduce((sum, account) => sum + account.rows, 0);
    if (context.voice.json) {
      context.voice.value({
        file: path,
        format: output.format,
        rows,
        sessions: accounts.length,
        ...whole,
      });
    } else {
      const emulated = plan.database.emulated ? ' of emulated meters' : '';
      context.voice.line(
        `${path}: ${count(rows)} readings${emulated} of ${accounts.length} session(s), ${size(whole.bytes)}`,
      );
    }
  } catch (error) {
    await file.discard();
    throw error;
  }
}

async function copy({ context, plan }: Job, writer: TableWriter): Promise<SessionAccount[]> {
  const { reader, emulated } = plan.database;
  const accounts: SessionAccount[] = [];
  const bar = progressBar(context.voice, 'Exporting', plan.readings);
  let done = 0;
  try {
    for (const part of plan.parts) {
      const { session, range } = part;
      const account = new SessionAccount(part);
      accounts.push(account);
      for (const page of reader.readings(session.session_uid, range)) {
        throwIfInterrupted(context.signal);
        account.count(page);
        const rows = page.map((reading): ExportRow => ({
          session,
          emulated,
          reading,
          capturedMs: Date.parse(reading.captured_at),
        }));
        await writer.write(rows);
        // Also for an interrupt to come in: nothing of the above waits for anything but the disk.
        await new Promise(setImmediate);
        bar.show((done += page.length));
      }
      if (account.rows < part.readings) {
        throw new CliError(
          'failed',
          `Of session ${session.session_uid} ${account.rows} readings came instead of ${part.readings}: something was removed meanwhile. Run it again.`,
        );
      }
    }
    return accounts;
  } finally {
    bar.end();
  }
}

/** Each format is loaded only where it is used. */
async function tableWriter(job: Job, sink: Sink): Promise<TableWriter> {
  const { options, output, plan, clock } = job;
  const raw = options.raw === true;
  const shared = { sink, columns: exportColumns(raw), clock, raw };
  const about = () => aboutExport(plan, clock, version());
  switch (output.format) {
    case 'csv': {
      const { csvWriter } = await import('./formats/csv.js');
      return csvWriter({ ...shared, separator: options.separator, decimal: options.decimal });
    }
    case 'jsonl':
      return (await import('./formats/jsonl.js')).jsonlWriter(shared);
    case 'xlsx':
      return (await import('./formats/xlsx.js')).xlsxWriter({ ...shared, about: about() });
    case 'parquet': {
      const { parquetWriter } = await import('./formats/parquet.js');
      return parquetWriter({
        ...shared,
        about: Object.fromEntries(about()),
        program: `elmetron ${version()}`,
      });
    }
  }
}

function checkCharacters({ separator, decimal }: ExportOptions): void {
  if (![',', ';', '\t', '|'].includes(separator)) {
    throw new CliError('usage', `--separator ${separator}: allowed are "," ";" "|" and a tab.`);
  }
  if (decimal !== '.' && decimal !== ',') {
    throw new CliError('usage', `--decimal ${decimal}: allowed are "." and ",".`);
  }
  if (separator === decimal) {
    throw new CliError(
      'usage',
      'Separator and decimal point must not be the same; add --separator ";".',
    );
  }
}
