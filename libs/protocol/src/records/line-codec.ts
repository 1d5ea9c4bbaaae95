/**
 * One record, one line of JSON, made once by acquisition: the same bytes travel the wire, rest in
 * spool and buffer and are replayed. The checksum stands last, over all bytes before it, so that a
 * line stays plain JSON for any tool and yet no changed byte goes unnoticed on the way.
 */
import { crc32 } from 'node:zlib';
import { ProtocolError } from '../errors.js';
import { singleRow } from './line-table.js';
import { measurementOf } from './measurement-record.js';
import { MeasurementScanner } from './measurement-scanner.js';
import { TRAILER_BYTES } from './scan-lines.js';
import {
  MAX_LINE_BYTES,
  RECORD_VERSION,
  recordSchema,
  type Measurement,
  type SessionRecord,
} from './types.js';

export type LineFault =
  'too_long' | 'not_json' | 'bad_crc' | 'unknown_version' | 'unknown_type' | 'bad_shape';

/** Why a line is no record. */
export interface LineRefusal {
  readonly ok: false;
  readonly code: LineFault;
  readonly reason: string;
}

export type LineResult = { readonly ok: true; readonly record: SessionRecord } | LineRefusal;

const CRC_KEY = ',"crc":"';
const scanner = new MeasurementScanner();
const row = singleRow();

/**
 * The record's line, without newline. Throws ProtocolError `invalid_record` (a record that every
 * reader would have to refuse is a fault of its maker) or `record_too_long`.
 */
export function encodeRecord(record: SessionRecord): Buffer {
  if (record.type === 'measurement') {
    const line = encodeMeasurement(record);
    if (line !== undefined) return line;
  }
  const checked = recordSchema.safeParse(record);
  if (!checked.success) {
    throw new ProtocolError('invalid_record', `no ${record.type} record: ${faults(checked.error)}`);
  }
  const line = lineOf(checked.data);
  if (line.length > MAX_LINE_BYTES) {
    throw new ProtocolError(
      'record_too_long',
      `a ${record.type} record of ${line.length} bytes; a line has at most ${MAX_LINE_BYTES}`,
    );
  }
  return line;
}

/**
 * What every measurement of a meter in order comes to, for a fraction of the schema's price: its line has the one
 * form in which nothing can be wrong. Undefined: that is not beyond doubt, and the schema decides.
 */
function encodeMeasurement(record: Measurement): Buffer | undefined {
  const line = lineOf(record);
  if (line.length > MAX_LINE_BYTES) return undefined;
  if (scanner.scan(line, 0, row) !== line.length) return undefined;
  // JSON says null of a number that is none, too.
  const { value, temperature, record_number: number, device_time: time } = record.decoded;
  return [value, temperature, number, time].every(isWrittenAsItIs) ? line : undefined;
}

const isWrittenAsItIs = (value: unknown): boolean =>
  typeof value !== 'number' || Number.isFinite(value);

function lineOf({ v, type, session, seq, ...rest }: SessionRecord): Buffer {
  const body = JSON.stringify({ v, type, session, seq, ...rest }).slice(0, -1);
  return Buffer.from(`${body}${trailer(crc32(body))}`);
}

/** `line` without its newline. Never throws: a bad line is a value, to be set aside and counted. */
export function decodeLine(line: Uint8Array): LineResult {
  const checked = checkedBody(line);
  if ('code' in checked) return checked;
  // Its checksum is the one that has just been compared: it stands last in either form.
  if (scanner.scan(line, 0, row) === line.length) {
    return { ok: true, record: measurementOf(checked.latin1, row) };
  }
  return decodeBody(checked.body);
}

/** The long way, which takes every record there is. */
function decodeBody(body: Buffer): LineResult {
  const fields = parseObject(body);
  if (fields === undefined) return fault('not_json', 'the line is no JSON object in UTF-8');
  return checkFields(fields);
}

/** What the checksum vouches for, and the whole line with each byte as a Latin-1 character. */
function checkedBody(
  line: Uint8Array,
): { readonly body: Buffer; readonly latin1: string } | LineRefusal {
  if (line.length > MAX_LINE_BYTES) {
    return fault('too_long', `${line.length} bytes; a line has at most ${MAX_LINE_BYTES}`);
  }
  const bodyEnd = line.length - TRAILER_BYTES;
  if (bodyEnd < 1) return fault('bad_crc', 'the line is too short to carry a checksum');
  const bytes = Buffer.isBuffer(line)
    ? line
    : Buffer.from(line.buffer, line.byteOffset, line.length);
  const body = bytes.subarray(0, bodyEnd);
  const latin1 = bytes.toString('latin1');
  if (!latin1.endsWith(trailer(crc32(body)))) {
    return fault('bad_crc', 'the line does not end with the checksum of its bytes');
  }
  return { body, latin1 };
}

/** Of each byte, as two digits. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function trailer(crc: number): string {
  const [a, b, c, d] = [
    HEX[crc >>> 24],
    HEX[(crc >>> 16) & 0xff],
    HEX[(crc >>> 8) & 0xff],
    HEX[crc & 0xff],
  ];
  return `${CRC_KEY}${a}${b}${c}${d}"}`;
}

/** Strict about UTF-8: a replacement character would be another text than the one that was made. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseObject(body: Uint8Array): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(`${utf8.decode(body)}}`);
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const KNOWN_TYPES: ReadonlySet<unknown> = new Set(
  recordSchema.options.map((option) => option.shape.type.value),
);

function checkFields(fields: Record<string, unknown>): LineResult {
  const { v, type } = fields;
  if (v !== RECORD_VERSION) {
    return fault(
      'unknown_version',
      `version ${JSON.stringify(v)}; known is ${RECORD_VERSION}: was it made by a newer program?`,
    );
  }
  if (!KNOWN_TYPES.has(type)) return fault('unknown_type', `type ${JSON.stringify(type)}`);
  const checked = recordSchema.safeParse(fields);
  return checked.success
    ? { ok: true, record: checked.data }
    : fault('bad_shape', faults(checked.error));
}

function faults(error: {
  readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[];
}): string {
  return error.issues
    .map((issue) => `${issue.path.map(String).join('.') || 'record'}: ${issue.message}`)
    .join('; ');
}

function fault(code: LineFault, reason: string): LineRefusal {
  return { ok: false, code, reason };
}
