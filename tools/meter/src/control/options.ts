/** The command line of the emulated meter. */
import { Command as Program, InvalidArgumentError, Option } from 'commander';
import { AFTERWARDS } from '../device/recording.js';
import { UNITS } from '../device/titration.js';
import { GOOD_BEHAVIOUR } from '../line/behaviour.js';
import { DEFAULT_BAUD } from '../line/line-speed.js';
import { MeterError } from '../meter-error.js';
import { DEFAULT_SERIAL, type MeterOptions } from '../meter.js';
import type { TcpAddress } from '../port/tcp-port.js';
import { checkNumber, checkRate, checkSerial, oneOf } from './command.js';

const DEFAULT_PATH = 'data/demo/meter';

const HELP = `
Examples:
  $ node tools/meter/dist/main.js
      a well-behaved meter at ${DEFAULT_PATH}, as acquisition's port = "emulator" expects it
  $ node tools/meter/dist/main.js --tcp 127.0.0.1:4001
      behind a serial server, for port = "tcp://127.0.0.1:4001"; no pseudo-terminal
  $ node tools/meter/dist/main.js --account /tmp/sent.jsonl --chunking --noise 0.3 --doubled 0.05
      a bad line, every frame sent booked in a file
  $ node tools/meter/dist/main.js --playback recording.jsonl
      answers with the recorded pieces at their recorded times, then falls silent

When it is ready it prints {"event":"ready","path":…,"tcp":…}. While it runs it takes commands on
standard input, one JSON object a line:
  {"command":"unplug"}                       {"command":"plug"}
  {"command":"silence","on":true}            {"command":"chunking","on":true}
  {"command":"serial","serial":"EMU00002"}   {"command":"unit","unit":"pH"}
  {"command":"noise","rate":0.1}             {"command":"noise","hex":"01ff03"}
  {"command":"doubled","rate":0.05}          {"command":"doubled","next":1}
  {"command":"latency","ms":5}               {"command":"rate_limit","per_s":10}
  {"command":"value","value":"7.90"}         {"command":"value","value":null}
  {"command":"playback","file":"x.jsonl","then":"live"}
  {"command":"stop"}
and answers each with {"event":"done",…} or {"event":"refused",…}. SIGTERM and SIGINT end it.`;

/** Ends the process at --help (0) and at a wrong option (2), as commander does. */
export function parseOptions(argv: readonly string[]): MeterOptions {
  const program = new Program('meter')
    .description(
      'An emulated Elmetron CX-505 on a pseudo-terminal or TCP: answers polls at true line speed.',
    )
    .addOption(
      new Option(
        '--path <file>',
        `offer a pseudo-terminal at this path (${DEFAULT_PATH} unless --tcp is given)`,
      ),
    )
    .addOption(
      new Option(
        '--tcp <host:port>',
        'listen there too, or instead; port 0: any free one',
      ).argParser(parseAddress),
    )
    .addOption(
      new Option(
        '--serial <text>',
        'serial number; one that begins with EMU says that it is emulated',
      )
        .default(DEFAULT_SERIAL)
        .argParser((text) => checked(() => checkSerial(text))),
    )
    .addOption(
      new Option('--unit <unit>', 'what it measures')
        .default('pH')
        .argParser((text) => checked(() => oneOf('unit', text, UNITS))),
    )
    .addOption(new Option('--account <file>', 'append an account of every frame sent to this file'))
    .addOption(
      number('--seed <n>', 'readings, pieces and noise come again', 0, 2 ** 32 - 1).default(1),
    )
    .addOption(number('--baud <n>', 'line speed', 300, 10_000_000).default(DEFAULT_BAUD))
    .addOption(
      number(
        '--latency <ms>',
        "between a poll's last byte and the answer's first",
        0,
        60_000,
      ).default(GOOD_BEHAVIOUR.latencyMs),
    )
    .addOption(
      number('--rate-limit <per second>', 'at most so many answers; 0: no limit', 0, 1e6).default(
        0,
      ),
    )
    .addOption(new Option('--chunking', 'answers fall into random pieces with gaps').default(false))
    .addOption(
      rate('--noise <rate>', 'noise before, and again after, so many of the answers (0 to 1)'),
    )
    .addOption(
      rate('--doubled <rate>', 'so many of the answers start over after their header (0 to 1)'),
    )
    .addOption(
      new Option(
        '--numbered',
        'each answer bears the next record number, so that no two frames are alike',
      ).default(false),
    )
    .addOption(new Option('--silent', 'begin without answering').default(false))
    .addOption(new Option('--unplugged', 'begin with the cable pulled').default(false))
    .addOption(
      new Option('--playback <file>', 'answer from a recording: {"t_ms","dir","hex"} a line'),
    )
    .addOption(
      new Option('--playback-then <what>', 'when the recording ends')
        .default('silence')
        .argParser((text) => checked(() => oneOf('playback-then', text, AFTERWARDS))),
    )
    .addHelpText('after', HELP)
    .exitOverride((error) => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .parse([...argv], { from: 'user' });
  return toMeterOptions(program.opts<ParsedOptions>());
}

interface ParsedOptions {
  readonly path?: string;
  readonly tcp?: TcpAddress;
  readonly serial: string;
  readonly unit: (typeof UNITS)[number];
  readonly account?: string;
  readonly seed: number;
  readonly baud: number;
  readonly latency: number;
  readonly rateLimit: number;
  readonly chunking: boolean;
  readonly noise: number;
  readonly doubled: number;
  readonly numbered: boolean;
  readonly silent: boolean;
  readonly unplugged: boolean;
  readonly playback?: string;
  readonly playbackThen: (typeof AFTERWARDS)[number];
}

function toMeterOptions(parsed: ParsedOptions): MeterOptions {
  const { tcp, account, serial, unit, seed, baud, unplugged } = parsed;
  const path = parsed.path ?? (tcp === undefined ? DEFAULT_PATH : undefined);
  return {
    ...(path === undefined ? {} : { path }),
    ...(tcp === undefined ? {} : { tcp }),
    ...(account === undefined ? {} : { account }),
    ...(parsed.playback === undefined
      ? {}
      : { playback: { file: parsed.playback, then: parsed.playbackThen } }),
    serial,
    unit,
    seed,
    baud,
    numbered: parsed.numbered,
    unplugged,
    behaviour: {
      latencyMs: parsed.latency,
      answersPerSecond: parsed.rateLimit === 0 ? Infinity : parsed.rateLimit,
      chunking: parsed.chunking,
      noise: parsed.noise,
      doubled: parsed.doubled,
      silent: parsed.silent,
    },
  };
}

function number(flags: string, description: string, least: number, most: number): Option {
  return new Option(flags, description).argParser((text) =>
    checked(() => checkNumber(flags, text.trim() === '' ? NaN : Number(text), least, most)),
  );
}

function rate(flags: string, description: string): Option {
  return new Option(flags, description)
    .default(0)
    .argParser((text) => checked(() => checkRate(flags, text.trim() === '' ? NaN : Number(text))));
}

function parseAddress(text: string): TcpAddress {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    throw new InvalidArgumentError('allowed: host:port, such as 127.0.0.1:4001.');
  }
  return { host, port: Number(port) };
}

/** Commander says a wrong value in its own way, with the option's name. */
function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof MeterError ? new InvalidArgumentError(error.message) : error;
  }
}
