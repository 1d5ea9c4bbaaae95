/** `elmetron export`: from the database, page by page, through a format, into a file. */
import {
  aboutExport,
  count,
  exportColumns,
  exportRow,
  ReportError,
  size,
  tableWriterFor,
  withDatabases,
  ZoneClock,
  type Sink,
  type TableWriter,
} from '@elmetron/report';
import { CliError, throwIfInterrupted } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import type { ExitCode } from '../../exit-codes.js';
import { refuseTheOneInUse } from '../../disk/in-use.js';
import { progressBar } from '../../terminal/progress-bar.js';
import { version } from '../../version.js';
import type { ExportOptions } from './command.js';
import { manifestOf, SessionAccount } from './manifest.js';
import { manifestPath, OutputFile } from './output-file.js';
import { chooseOutput, type Output } from './output-name.js';
import { planExport, type ExportPlan } from './plan-export.js';

export async function exportReadings(
  context: CommandContext,
  options: ExportOptions,
  session: string | undefined,
): Promise<ExitCode | undefined> {
  checkCharacters(options);
  const clock = zoneClock(options.timeZone);
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
        program: program(),
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
        await writer.write(page.map((reading) => exportRow(reading, session, emulated)));
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

function tableWriter({ options, output, plan, clock }: Job, sink: Sink): Promise<TableWriter> {
  return tableWriterFor(output.format, {
    sink,
    clock,
    raw: options.raw === true,
    separator: options.separator,
    decimal: options.decimal,
    about: aboutExport(plan, clock, program()),
    program: program(),
  });
}

function program(): string {
  return `elmetron ${version()}`;
}

/** Throws CliError `usage` when there is no such zone. */
function zoneClock(zone: string | undefined): ZoneClock {
  if (zone === undefined) return ZoneClock.ofThisComputer();
  try {
    return new ZoneClock(zone);
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    throw new CliError('usage', `--time-zone ${error.message}`, { cause: error });
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
