/** What an import has found and done, in words. */
import { count } from '@elmetron/report';
import type { ImportSummary } from '@elmetron/storage';

export function importText(summary: ImportSummary, dryRun: boolean): string[] {
  const { path, sessions, frames, complete, annotations, audit_events: events } = summary;
  const read = `${path}: ${count(frames)} frames of ${count(sessions)} session(s) read`;
  return [
    `${read}${complete ? '' : ', then stopped'}; ${readings(summary, dryRun)}`,
    ...differences(summary),
    ...keptAside(summary),
    ...said(annotations, 'new note(s) and fact(s) of sessions'),
    ...said(events, 'event(s) of the predecessor, each kept once'),
  ];
}

export function totalText(summaries: readonly ImportSummary[], dryRun: boolean): string {
  const sum = (of: (summary: ImportSummary) => number): number =>
    summaries.reduce((total, summary) => total + of(summary), 0);
  const imported_measurements = sum((summary) => summary.imported_measurements);
  const already_stored_measurements = sum((summary) => summary.already_stored_measurements);
  return `In all: ${readings({ imported_measurements, already_stored_measurements }, dryRun)}`;
}

type Readings = Pick<ImportSummary, 'imported_measurements' | 'already_stored_measurements'>;

function readings(
  { imported_measurements: imported, already_stored_measurements: stored }: Readings,
  dryRun: boolean,
): string {
  // Nobody has asked the database which of them it has.
  if (dryRun) return `would import up to ${count(imported)} readings`;
  return `${count(imported)} readings imported, ${count(stored)} were here already`;
}

function differences(summary: ImportSummary): string[] {
  const { doubled_headers: doubled, corrected_measurements: corrected } = summary;
  return [
    ...said(doubled, 'answer(s) that the meter had begun anew (doubled header)'),
    ...said(corrected, 'reading(s) decoded otherwise than the predecessor had stored them'),
    ...said(summary.gained_measurements, 'reading(s) of which the predecessor had stored none'),
  ];
}

function keptAside({ kind, undecodable_frames, unreadable_rows }: ImportSummary): string[] {
  const rows =
    kind === 'database'
      ? 'row(s) that are no reading (no time, no bytes, no frame, no session), kept as events'
      : 'line(s) that cannot be read, kept in the quarantine';
  return [
    ...said(undecodable_frames, 'frame(s) without a reading, kept as events'),
    ...said(unreadable_rows, rows),
  ];
}

function said(n: number, what: string): string[] {
  return n === 0 ? [] : [`  ${count(n)} ${what}`];
}
