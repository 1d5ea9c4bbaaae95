/** The status for a person: one glance, the worst first. */
import { count, duration, size, type ProcessState, type Status } from '@elmetron/report';
import { pairs } from '../../terminal/table.js';
import type { Colours } from '../../terminal/voice.js';
import { localTime } from '../../time/local-time.js';

export function statusLines(status: Status, colours: Colours): string[] {
  return [
    ...problems(status, colours),
    ...pairs([
      ['Acquisition', processWord(status.acquisition, colours)],
      ['Writer', processWord(status.writer, colours)],
      ['Meter', meterWords(status)],
      ['Session', sessionWords(status)],
      ['Last reading', readingWords(status, colours)],
      ['Not yet safe', lagWords(status)],
      ['Buffers', bufferWords(status)],
      ...status.databases.map(({ path, emulated, bytes }): [string, string] => [
        'Database',
        `${size(bytes)} in ${path}${emulated ? ' (emulated meters)' : ''}`,
      ]),
      ['Last recovery', recoveryWords(status)],
      ...status.disks.map(({ path, free_bytes, total_bytes }): [string, string] => [
        'Free disk',
        `${size(free_bytes)} of ${size(total_bytes)} at ${path}`,
      ]),
    ]),
  ];
}

function problems({ acquisition, writer }: Status, colours: Colours): string[] {
  const lines = [...acquisition.reasons, ...writer.reasons].map(({ level, message }) =>
    level === 'critical' ? colours.red(`! ${message}`) : colours.yellow(`! ${message}`),
  );
  return lines.length === 0 ? [] : [...lines, ''];
}

function processWord({ port, status }: ProcessState, colours: Colours): string {
  switch (status) {
    case 'ok':
      return colours.green('runs, well');
    case 'degraded':
      return colours.yellow('runs, degraded');
    case 'critical':
      return colours.red('runs, critical');
    case 'off':
      return 'not asked: its health page is switched off ([monitoring])';
    case 'not running':
      return colours.red(`does not run (nobody answers on port ${port})`);
    case 'unknown':
      return colours.red(`not known (port ${port})`);
  }
}

function meterWords({ meter, acquisition }: Status): string {
  const { model, serial, port, profile, link, emulated } = meter;
  if (link === null) return acquisition.status === 'not running' ? '-' : 'not known';
  if (link !== 'open') return 'not connected';
  const name = model === null ? 'has not answered yet' : `${model} ${serial ?? ''}`;
  return `${name}${emulated === true ? ' (emulated)' : ''}, at ${port ?? '?'}, profile ${profile ?? '?'}`;
}

function sessionWords({ session, at }: Status): string {
  if (session === null) return 'none yet';
  const since =
    session.started_at === null
      ? ''
      : session.open
        ? `, for ${duration(Date.parse(at) - Date.parse(session.started_at))}`
        : `, begun ${localTime(session.started_at)}, ended`;
  return `${session.session_uid}${since}, ${count(session.measurements)} readings`;
}

function readingWords(
  { last_reading: reading, readings_per_second, at }: Status,
  colours: Colours,
) {
  if (reading === null) return 'none yet';
  const value =
    reading.value === null ? 'unreadable' : colours.bold(`${reading.value} ${reading.unit}`);
  const temperature =
    reading.temperature === null ? '' : ` at ${reading.temperature} ${reading.temperature_unit}`;
  const ago = Date.parse(at) - Date.parse(reading.captured_at);
  const when = ago < 86_400_000 ? `${duration(ago)} ago` : localTime(reading.captured_at);
  const rate = readings_per_second === null ? '' : `; ${rateWord(readings_per_second)} readings/s`;
  return `${value}${temperature}, ${when}${rate}`;
}

function rateWord(perSecond: number): string {
  return String(Number(perSecond.toFixed(2)));
}

function lagWords({ lag }: Status): string {
  const { unacknowledged, uncommitted } = lag;
  const owed =
    unacknowledged === null
      ? 'acquisition does not say'
      : Object.entries(unacknowledged)
          .map(([consumer, records]) => `${count(records)} not acknowledged by ${consumer}`)
          .join(', ');
  const waiting =
    uncommitted === null
      ? 'the writer does not say'
      : `${count(uncommitted)} not yet in the database`;
  return `${owed}; ${waiting}`;
}

function bufferWords({ buffers, archive, spool }: Status): string {
  const parts = [
    `${count(buffers.files)} of ${size(buffers.bytes)}`,
    `spool ${size(spool.bytes)} of ${size(spool.max_bytes)}`,
    `archive ${count(archive.files)} of ${size(archive.bytes)}`,
  ];
  return parts.join(', ');
}

function recoveryWords({ last_recovery: recovery }: Status): string {
  return recovery === null ? 'none was needed' : `${localTime(recovery.at)}: ${recovery.message}`;
}
