/**
 * The result in words. The first line is a format that others look for; what follows it is said only
 * when there is something to say, with what the person can do.
 */
import type {
  BeyondReach,
  BufferSummary,
  DatabaseReport,
  LostRange,
  PreflightSummary,
} from '@elmetron/storage';

export function report(summary: PreflightSummary, capturesDir: string): string[] {
  return [
    headline(summary, capturesDir),
    ...summary.databases.flatMap((database) => databaseLines(database, summary.dry_run)),
    ...bufferLines(summary, capturesDir),
  ];
}

/** 1 when something stays undone that a person may have to look at. */
export function exitCode({ failed_recoveries, databases }: PreflightSummary): number {
  return failed_recoveries > 0 || databases.some(({ error }) => error !== null) ? 1 : 0;
}

function headline(summary: PreflightSummary, capturesDir: string): string {
  const { recovered_measurements, recovered_sessions, living_runs, interrupted } = summary;
  const touched = summary.buffers.some(({ status }) => status !== 'foreign');
  if (!touched && !interrupted) {
    const living =
      living_runs > 0 ? ` (${living_runs} running writer(s) have theirs, which stay)` : '';
    return `Nothing to recover: no crashed session left a buffer in ${capturesDir}${living}`;
  }
  const verb = summary.dry_run ? 'Would recover up to' : 'Recovered';
  return `${verb} ${recovered_measurements} measurements from ${recovered_sessions} crashed session(s)`;
}

function databaseLines(database: DatabaseReport, dryRun: boolean): string[] {
  const { path, state, set_aside, rebuilt_measurements, beyond_reach, error } = database;
  const lines: string[] = [];
  if (set_aside !== null) {
    const why = state === 'damaged' ? 'was damaged' : 'was set aside as asked';
    lines.push(`The database ${path} ${why}; it is kept as ${set_aside}`);
  } else if (state === 'damaged') lines.push(`The database ${path} is damaged`);
  if (rebuilt_measurements > 0 && !dryRun) {
    lines.push(`Rebuilt ${path} from the archive: ${rebuilt_measurements} measurements`);
  }
  for (const beyond of beyond_reach) lines.push(...beyondLine(beyond));
  for (const archive of database.unreadable_archives) {
    lines.push(`An archived buffer could not be read to its end: ${archive}`);
  }
  if (error !== null) lines.push(`The database ${path} needs attention: ${error}`);
  return lines;
}

/** So many ranges are said; the list beside the file has all. */
const SAID = 20;

export function beyondLine({ set_aside, salvaged, lost, unreadable }: BeyondReach): string[] {
  const lines: string[] = [];
  if (salvaged.length > 0) {
    lines.push(
      `Neither in archive nor in buffers, taken over from ${set_aside}: ${total(salvaged)} measurements (each agrees with its raw frame; marked as recovered)`,
    );
  }
  if (lost.length > 0 || unreadable.length > 0) {
    const certain = unreadable.length === 0 && lost.every(({ readable }) => readable);
    lines.push(
      `Beyond reach: ${certain ? '' : 'perhaps '}${total(lost)} measurements; ${set_aside}.lost.json lists them`,
      ...rangeLines(lost),
    );
  }
  return lines;
}

/** Session and numbers of what is missing, a line each. */
export function rangeLines(ranges: readonly LostRange[]): string[] {
  const lines = ranges
    .slice(0, SAID)
    .map(({ session_uid, from_seq, to_seq, measurements, readable }) => {
      const count = readable ? `${measurements}` : `up to ${measurements}`;
      return `  session ${session_uid}, records ${from_seq} to ${to_seq}: ${count} measurements`;
    });
  return ranges.length > SAID ? [...lines, `  and ${ranges.length - SAID} more`] : lines;
}

function total(ranges: readonly { readonly measurements: number }[]): number {
  return ranges.reduce((sum, { measurements }) => sum + measurements, 0);
}

function bufferLines(summary: PreflightSummary, capturesDir: string): string[] {
  const { already_stored_measurements: stored, quarantined_lines: damaged } = summary;
  const lines: string[] = [];
  if (stored > 0) lines.push(`${stored} more of their measurements were in the database already`);
  if (damaged > 0) lines.push(`${damaged} damaged line(s) are kept in ${capturesDir}/quarantine`);
  for (const session of summary.incomplete_sessions) {
    lines.push(`Session ${session} has its end, but not all of its records yet`);
  }
  return [...lines, ...summary.buffers.flatMap(bufferLine)];
}

function bufferLine({ path, status, error }: BufferSummary): string[] {
  const why = error ?? '';
  if (status === 'failed')
    return [`Could not be recovered, and stays where it is: ${path}: ${why}`];
  if (status === 'kept') return [`Stays until the next recovery: ${path}: ${why}`];
  if (status === 'foreign') return [`Left alone: ${path}: ${why}`];
  return [];
}
