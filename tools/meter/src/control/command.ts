/**
 * What can be asked of a running meter, one JSON object a line:
 *
 * | line | what happens |
 * |---|---|
 * | `{"command":"unplug"}` | the cable is pulled: pseudo-terminal and path vanish, TCP is closed |
 * | `{"command":"plug"}` | a new pseudo-terminal at the same path, the same TCP port |
 * | `{"command":"silence","on":true}` | polls are heard and not answered (`false` ends it) |
 * | `{"command":"serial","serial":"EMU00002"}` | another meter answers from now on |
 * | `{"command":"unit","unit":"pH"}` | `mV rel`, `pH`, `µS/cm` or `% O2` |
 * | `{"command":"value","value":"7.90"}` | the display stands at this (`-----`: nothing to read); `null` lets it measure again |
 * | `{"command":"chunking","on":true}` | answers fall into random pieces with gaps |
 * | `{"command":"noise","rate":0.1}` | noise before, and again after, so many of the answers |
 * | `{"command":"noise","hex":"01ff03"}` | these bytes, once, now |
 * | `{"command":"doubled","rate":0.05}` | so many of the answers start over after their header |
 * | `{"command":"doubled","next":1}` | the next so many answers do |
 * | `{"command":"latency","ms":5}` | between a poll's last byte and the answer's first |
 * | `{"command":"rate_limit","per_s":10}` | at most so many answers a second (0: no limit) |
 * | `{"command":"playback","file":"x.jsonl","then":"live"}` | answers from a recording, then `silence` (if not given), `loop` or `live` |
 * | `{"command":"stop"}` | as SIGTERM |
 *
 * Each is answered on standard output by `{"event":"done","command":…}` or
 * `{"event":"refused","line":…,"message":…}`.
 */
import { AFTERWARDS, type Afterwards } from '../device/recording.js';
import { UNITS, type Unit } from '../device/titration.js';
import { MeterError } from '../meter-error.js';

export type Command =
  | { readonly command: 'unplug' | 'plug' | 'stop' }
  | { readonly command: 'silence' | 'chunking'; readonly on: boolean }
  | { readonly command: 'serial'; readonly serial: string }
  | { readonly command: 'unit'; readonly unit: Unit }
  | { readonly command: 'value'; readonly value: string | undefined }
  | { readonly command: 'noise'; readonly rate: number }
  | { readonly command: 'noise'; readonly bytes: Buffer }
  | { readonly command: 'doubled'; readonly rate: number }
  | { readonly command: 'doubled'; readonly next: number }
  | { readonly command: 'latency'; readonly ms: number }
  | { readonly command: 'rate_limit'; readonly perS: number }
  | { readonly command: 'playback'; readonly file: string; readonly then: Afterwards };

/** Throws MeterError `bad_setting`. */
export function parseCommand(line: string): Command {
  const fields = parseObject(line);
  const { command } = fields;
  switch (command) {
    case 'unplug':
    case 'plug':
    case 'stop':
      return { command };
    case 'silence':
    case 'chunking':
      return { command, on: flag(fields, 'on') };
    case 'serial':
      return { command, serial: checkSerial(fields['serial']) };
    case 'unit':
      return { command, unit: oneOf('unit', fields['unit'], UNITS) };
    case 'value':
      return {
        command,
        value: fields['value'] === null ? undefined : checkValue(fields['value']),
      };
    case 'noise':
      return 'hex' in fields
        ? { command, bytes: hex(fields['hex']) }
        : { command, rate: checkRate('rate', fields['rate']) };
    case 'doubled':
      return 'next' in fields
        ? { command, next: checkNumber('next', fields['next'], 0, 1_000_000) }
        : { command, rate: checkRate('rate', fields['rate']) };
    case 'latency':
      return { command, ms: checkNumber('ms', fields['ms'], 0, 60_000) };
    case 'rate_limit':
      return { command, perS: checkNumber('per_s', fields['per_s'], 0, 1_000_000) };
    case 'playback': {
      const { file, then = 'silence' } = fields;
      if (typeof file !== 'string') throw bad('file', file, 'the path of a recording');
      return { command, file, then: oneOf('then', then, AFTERWARDS) };
    }
    default:
      throw bad('command', command, 'a command of the list in --help');
  }
}

/** A frame has room for 8 characters of Latin-1. */
export function checkSerial(value: unknown): string {
  if (typeof value === 'string' && /^[\x21-\x22\x24-\x7e]{1,8}$/.test(value)) return value;
  throw bad('serial', value, '1 to 8 characters without blanks and #');
}

/** A frame has room for 7 characters. */
function checkValue(value: unknown): string {
  if (typeof value === 'string' && /^[-+.,\d]{1,7}$/.test(value)) return value;
  throw bad('value', value, '1 to 7 characters as on the display, or null');
}

export function checkRate(name: string, value: unknown): number {
  return checkNumber(name, value, 0, 1);
}

export function checkNumber(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  throw bad(name, value, `a number from ${least} to ${most}`);
}

export function oneOf<T extends string>(name: string, value: unknown, known: readonly T[]): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw bad(name, value, known.join(', '));
  return found;
}

function flag(fields: Record<string, unknown>, name: string): boolean {
  const value = fields[name];
  if (typeof value === 'boolean') return value;
  throw bad(name, value, 'true or false');
}

function hex(value: unknown): Buffer {
  if (typeof value === 'string' && /^(?:[0-9a-f]{2})+$/i.test(value)) {
    return Buffer.from(value, 'hex');
  }
  throw bad('hex', value, 'bytes as pairs of hex digits');
}

function bad(name: string, found: unknown, allowed: string): MeterError {
  const shown = found === undefined ? 'nothing' : JSON.stringify(found);
  return new MeterError('bad_setting', `${name}: found ${shown}; allowed: ${allowed}.`);
}

function parseObject(line: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(line);
    if (typeof parsed === 'object' && parsed !== null) return { ...parsed };
  } catch {
    // Said below.
  }
  throw bad('line', line, 'a JSON object such as {"command":"unplug"}');
}
