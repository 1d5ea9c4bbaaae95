/** `elmetron verify`. */
import { silentLog } from '@elmetron/protocol/offline';
import { count } from '@elmetron/report';
import { verifyCapture, type VerifyReport } from '@elmetron/storage';
import { throwIfInterrupted } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import { progressBar } from '../../terminal/progress-bar.js';
import type { Voice } from '../../terminal/voice.js';
import type { VerifyCommandOptions } from './command.js';

export async function verify(
  context: CommandContext,
  { quick = false }: VerifyCommandOptions,
): Promise<ExitCode | undefined> {
  const { voice, clock, signal } = context;
  const { storage } = (await context.config()).app;
  const bar = progressBar(voice, 'Archive and buffers', 100);
  let report: VerifyReport;
  try {
    report = await verifyCapture({
      capturesDir: storage.captures_dir,
      databasePath: storage.database_path,
      demoDatabasePath: storage.demo_database_path,
      clock,
      log: silentLog,
      quick,
      signal,
      onProgress: ({ bytes, totalBytes }) => bar.show(Math.floor((100 * bytes) / totalBytes)),
    });
  } finally {
    bar.end();
  }
  throwIfInterrupted(signal);
  if (voice.json) voice.value(report);
  else say(report, voice);
  return report.whole ? undefined : EXIT.wrong;
}

function say(report: VerifyReport, voice: Voice): void {
  const { colours } = voice;
  voice.line((report.whole ? colours.green : colours.red)(verdict(report)));
  for (const problem of report.problems) voice.line(colours.red(`! ${problem}`));
  for (const known of report.known) voice.line(`  known: ${known}`);
}

function verdict({ whole, problems, databases, on_its_way, archives, buffers }: VerifyReport) {
  const sum = (of: 'sessions' | 'measurements') =>
    databases.reduce((total, database) => total + database[of], 0);
  const what = `${count(sum('measurements'))} readings in ${count(sum('sessions'))} sessions, ${count(archives.length)} archived buffers and ${count(buffers.length)} others`;
  const coming = on_its_way === 0 ? '' : `; ${count(on_its_way)} records are on their way`;
  if (whole) return `Whole: ${what}${coming}.`;
  const n = problems.length === 1 ? '1 problem' : `${count(problems.length)} problems`;
  return `NOT whole: ${n} in ${what}${coming}.`;
}
