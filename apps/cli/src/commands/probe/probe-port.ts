/** `elmetron probe`. */
import { linkTo, systemTimers, type LineSettings } from '@elmetron/link';
import { askHealth } from '@elmetron/report';
import type { Config, Profile } from '@elmetron/runtime';
import { CliError, throwIfInterrupted } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import { pairs } from '../../terminal/table.js';
import { askOnce, type Outcome } from './ask-once.js';
import type { ProbeOptions } from './command.js';

export async function probePort(
  context: CommandContext,
  options: ProbeOptions,
  given: string | undefined,
): Promise<ExitCode | undefined> {
  const { voice, clock, signal } = context;
  const config = await context.config();
  const port = given ?? config.app.device.port;
  if (port.trim() === '') throw new CliError('usage', 'The name of the port is empty.');
  const [name, profile] = chosenProfile(config, options.profile);
  const line = lineOf(profile, options.baud);
  await refuseBesideAcquisition(port, config, signal).catch((error: unknown) => {
    throwIfInterrupted(signal);
    throw error;
  });
  const outcome = await askOnce({
    open: linkTo(port, systemTimers),
    line,
    poll: Buffer.from(profile.poll_hex, 'hex'),
    readTimeoutMs: profile.read_timeout_ms,
    clock,
    signal,
  }).catch((error: unknown) => {
    throwIfInterrupted(signal);
    throw error;
  });
  const hint = await hintFor(outcome, config, line, signal);
  if (voice.json) voice.value(asValue(outcome, port, name, hint));
  else if (outcome.kind === 'reading') {
    for (const text of pairs(readingLines(outcome))) voice.line(text);
  } else voice.complain(outcome.kind, `${wordsOf(outcome)}${hint === undefined ? '' : ` ${hint}`}`);
  return outcome.kind === 'reading' ? undefined : EXIT.wrong;
}

/**
 * A serial port knows who holds it. A serial server may let in whoever comes: the answer to this poll would
 * reach acquisition too, and be a reading that nobody asked for, or it would lose its connection.
 * Throws CliError `refused`.
 */
async function refuseBesideAcquisition(
  port: string,
  { app }: Config,
  signal: AbortSignal,
): Promise<void> {
  if (!port.startsWith('tcp://')) return;
  const answer = await askHealth(app.monitoring.acquisition_port, signal);
  if (answer.state !== 'answers' || answer.page['link'] !== 'open') return;
  if (answer.page['port'] !== port) return;
  throw new CliError(
    'refused',
    `Acquisition reads the meter at ${port}, and must not be disturbed: "elmetron status" shows what it reads. To ask it from here, stop acquisition first.`,
  );
}

function chosenProfile(config: Config, wanted: string | undefined): [name: string, Profile] {
  const name = wanted ?? config.app.device.profile;
  const profile = config.profiles[name];
  if (profile !== undefined) return [name, profile];
  const known = Object.keys(config.profiles).join(', ');
  throw new CliError('usage', `--profile ${name}: ${config.protocolsPath} has ${known}.`);
}

function lineOf(profile: Profile, speed: string | undefined): LineSettings {
  const baud = speed === undefined ? profile.baud : Number(speed);
  if (!Number.isInteger(baud) || baud < 50 || baud > 4_000_000) {
    throw new CliError(
      'usage',
      `--baud ${String(speed)}: allowed are whole numbers from 50 to 4000000.`,
    );
  }
  return { baud, dataBits: profile.data_bits, stopBits: profile.stop_bits, parity: profile.parity };
}

function wordsOf(outcome: Exclude<Outcome, { kind: 'reading' }>): string {
  switch (outcome.kind) {
    case 'no_link':
      return outcome.why;
    case 'silent':
      return `${outcome.port} opens, and nothing answers.`;
    case 'unintelligible':
      return `${outcome.port} answers with ${outcome.bytes.length} bytes that are no reading (${outcome.why}): ${shown(outcome.bytes)}`;
  }
}

/** Bytes that a person looks at. */
const SHOWN = 32;

function shown(bytes: Buffer): string {
  const hex = bytes.subarray(0, SHOWN).toString('hex').replace(/../g, '$& ').trim();
  return bytes.length > SHOWN ? `${hex} …` : hex;
}

/** What the person can do beyond what the message says already. */
async function hintFor(
  outcome: Outcome,
  { app }: Config,
  line: LineSettings,
  signal: AbortSignal,
): Promise<string | undefined> {
  const settings = `${line.baud} baud, ${line.dataBits} data bits, parity ${line.parity}, ${line.stopBits} stop bits`;
  if (outcome.kind === 'silent') {
    return `Look whether the meter is on and shows no error (it does not answer while it shows one), whether this is its port ("elmetron ports"), and whether the line settings are right (${settings}).`;
  }
  if (outcome.kind === 'unintelligible') {
    return `The line settings are probably wrong (${settings}): compare them with those of the meter, or try another --baud; or another device is at this port.`;
  }
  if (outcome.kind !== 'no_link' || outcome.code !== 'port_busy') return undefined;
  const answer = await askHealth(app.monitoring.acquisition_port, signal);
  return answer.state === 'answers'
    ? 'Acquisition runs: it is probably the one, and "elmetron status" shows what it reads.'
    : undefined;
}

function readingLines(outcome: Extract<Outcome, { kind: 'reading' }>): [string, string][] {
  const { port, model, serial, decoded, frame, answeredMs } = outcome;
  const value = decoded.value === null ? 'unreadable' : `${decoded.value} ${decoded.unit}`;
  const temperature =
    decoded.temperature === null
      ? 'unreadable'
      : `${decoded.temperature} ${decoded.temperature_unit}`;
  return [
    ['Port', port],
    ['Meter', `${model} ${serial}`],
    ['Value', value],
    ['Temperature', temperature],
    ["Meter's clock", decoded.device_time?.replace('T', ' ') ?? 'unreadable'],
    ['Answered in', `${Math.round(answeredMs)} ms`],
    ['Frame', `${frame.length} bytes, ${shown(frame)}`],
  ];
}

function asValue(outcome: Outcome, port: string, profile: string, hint: string | undefined) {
  const asked = { port, profile, outcome: outcome.kind };
  switch (outcome.kind) {
    case 'reading': {
      const { model, serial, decoded, frame, answeredMs } = outcome;
      const answered_ms = Math.round(answeredMs);
      return {
        ...asked,
        opened: outcome.port,
        model,
        serial,
        decoded,
        raw_frame_hex: frame.toString('hex'),
        answered_ms,
      };
    }
    case 'silent':
      return {
        ...asked,
        opened: outcome.port,
        message: `${wordsOf(outcome)} ${hint ?? ''}`.trim(),
      };
    case 'unintelligible':
      return {
        ...asked,
        opened: outcome.port,
        bytes_hex: outcome.bytes.toString('hex'),
        message: `${wordsOf(outcome)} ${hint ?? ''}`.trim(),
      };
    case 'no_link':
      return { ...asked, code: outcome.code, message: `${outcome.why} ${hint ?? ''}`.trim() };
  }
}
