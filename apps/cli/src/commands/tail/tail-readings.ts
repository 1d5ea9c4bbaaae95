/** `elmetron tail`: what acquisition records, as it records it. */
import { LiveListener, type SessionRecord } from '@elmetron/protocol';
import { askHealth } from '@elmetron/report';
import { CliError } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import type { ExitCode } from '../../exit-codes.js';
import type { Voice } from '../../terminal/voice.js';
import { localTime } from '../../time/local-time.js';
import type { TailOptions } from './command.js';

/** After so long without anything it is looked why. */
const QUIET_MS = 5_000;

export async function tailReadings(
  context: CommandContext,
  options: TailOptions,
): Promise<ExitCode | undefined> {
  const { voice, signal } = context;
  const most = countOf(options.count);
  const { acquisition, monitoring } = (await context.config()).app;
  const listener = new LiveListener({ endpoint: acquisition.live_endpoint });
  const close = (): void => {
    listener.close();
  };
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  const quiet = setTimeout(() => {
    void explainSilence(voice, acquisition.live_endpoint, monitoring.acquisition_port, signal);
  }, QUIET_MS);
  let readings = 0;
  try {
    for await (const { line, record } of listener.records()) {
      clearTimeout(quiet);
      const isReading = record.type === 'measurement';
      if (!isReading && options.events === false) continue;
      if (voice.json) voice.line(line.toString());
      else voice.line(lineOf(record, voice));
      if (isReading && ++readings === most) break;
    }
    // Ctrl-C is how a tail ends.
    return undefined;
  } finally {
    clearTimeout(quiet);
    signal.removeEventListener('abort', close);
    close();
  }
}

function lineOf(record: SessionRecord, { colours }: Voice): string {
  switch (record.type) {
    case 'measurement': {
      const { value, unit, temperature, temperature_unit } = record.decoded;
      const shown = value === null ? 'unreadable' : `${value} ${unit}`;
      const at = temperature === null ? '' : `  ${temperature} ${temperature_unit}`;
      return `${localTime(record.captured_at, true)}  ${colours.bold(shown)}${at}`;
    }
    case 'audit_event': {
      const paint = record.level === 'info' ? colours.dim : colours.yellow;
      return `${localTime(record.at, true)}  ${paint(`${record.category}: ${record.message}`)}`;
    }
    case 'session_start':
      return `${localTime(record.started_at, true)}  ${colours.cyan(
        `session ${record.session} begins: ${record.device.model} ${record.device.serial}`,
      )}`;
    case 'session_end':
      return `${localTime(record.ended_at, true)}  ${colours.cyan(
        `session ${record.session} ends: ${record.reason}, ${record.measurement_count} readings`,
      )}`;
    case 'metadata_update':
      return `${localTime(record.at, true)}  ${colours.cyan(
        Object.entries(record.metadata)
          .map(([key, value]) => `${key} = ${value}`)
          .join(', '),
      )}`;
  }
}

async function explainSilence(
  voice: Voice,
  endpoint: string,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  const answer = await askHealth(port, signal).catch(() => undefined);
  const why =
    answer?.state === 'answers'
      ? (answer.page.reasons[0]?.message ?? 'acquisition runs and is well; is the meter silent?')
      : 'acquisition does not seem to run';
  voice.note(`Nothing has come from ${endpoint} yet: ${why} (waiting; Ctrl-C ends)`);
}

function countOf(text: string | undefined): number {
  if (text === undefined) return Infinity;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new CliError('usage', `--count ${text}: allowed is a number from 1 on.`);
}
