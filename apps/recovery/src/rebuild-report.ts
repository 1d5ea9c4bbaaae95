/** The result of a rebuild in words, and whether it is complete. */
import type { DatabaseReport, PreflightSummary, RebuildIntoSummary } from '@elmetron/storage';
import { exitCode, rangeLines, report } from './report.js';

export function rebuildReport(summary: PreflightSummary, capturesDir: string): string[] {
  // Here the databases are what was asked for; the buffers came along.
  const [headline = '', ...rest] = report(summary, capturesDir);
  const would = summary.dry_run ? summary.databases.flatMap(wouldRebuild) : [];
  const incomplete =
    rebuildExitCode(summary) === 0
      ? []
      : ['Not complete: see above for what is missing or could not be done'];
  return [...would, ...rest, headline, ...incomplete];
}

/** 1 as well when something that was there is beyond reach, or an archive could not be read. */
export function rebuildExitCode(summary: PreflightSummary): number {
  const incomplete = summary.databases.some(
    ({ beyond_reach, unreadable_archives }) =>
      unreadable_archives.length > 0 ||
      beyond_reach.some(({ lost, unreadable }) => lost.length + unreadable.length > 0),
  );
  return incomplete || summary.interrupted ? 1 : exitCode(summary);
}

export function intoReport(made: RebuildIntoSummary): string[] {
  const { into, emulated, measurements, sessions, archives, buffers, dry_run } = made;
  const from = `${archives} archived and ${buffers} present buffer(s)`;
  const what = emulated ? 'emulated' : 'real';
  const lines = [
    dry_run
      ? `Would make ${into}: up to ${measurements} measurements of ${what} meters from ${from}`
      : `Made ${into}: ${measurements} measurements of ${what} meters in ${sessions} session(s), from ${from}`,
  ];
  if (measurements === 0 && archives + buffers > 0 && !emulated) {
    lines.push('None of them is of a real meter; for those of emulated ones add --only demo');
  }
  if (made.interrupted) lines.push('Told to stop before the end; the same command goes on');
  if (made.damaged_lines > 0)
    lines.push(`${made.damaged_lines} damaged line(s) could not be taken`);
  for (const unread of made.unreadable) lines.push(`Could not be read to its end: ${unread}`);
  return [...lines, ...inUseLines(made)];
}

export function intoExitCode({ complete, dry_run }: RebuildIntoSummary): number {
  return complete || dry_run ? 0 : 1;
}

function inUseLines({ only_in_use: missing, list, complete }: RebuildIntoSummary): string[] {
  if (missing === null) return [];
  const { ranges, unreadable } = missing;
  if (ranges.length + unreadable.length === 0) {
    return complete ? ['Complete: the database in use has nothing that is not in it'] : [];
  }
  const count = ranges.reduce((sum, { measurements }) => sum + measurements, 0);
  return [
    `Only in the database in use, in neither archive nor buffers: ${count} measurements; ${list ?? ''} lists them`,
    ...rangeLines(ranges),
    ...unreadable.map((what) => `Could not be compared: ${what}`),
  ];
}

function wouldRebuild({ path, state, rebuilt_measurements: count }: DatabaseReport): string[] {
  if (count === 0) return [];
  return [`Would rebuild ${path} (${state}): up to ${count} measurements from the archive`];
}
