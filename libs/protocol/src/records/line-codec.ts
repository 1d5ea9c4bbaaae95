/**
 * One record, one line of JSON, made once by acquisition: the same bytes travel the wire, rest in
 * spool and buffer and are replayed. The checksum stands last, over all bytes before it, so that a
 * line stays plain JSON for any tool and yet no changed byte goes unnoticed on the way.
 */
import { crc32 } from 'node:zlib';
import { ProtocolError } from '../errors.js';
import { MAX_LINE_BYTES, RECORD_VERSION, recordSchema, type SessionRecord } from './types.js';

export type LineFault =
  'too_long' | 'not_json' | 'bad_crc' | 'unknown_version' | 'unknown_type' | 'bad_shape';

export type LineResult =
  | { readonly ok: true; readonly record: SessionRecord }
  | { readonly ok: false; readonly code: LineFault; readonly reason: string };

const CRC_KEY = ',"crc":"';
/** `,"crc":"` + 8 hex digits + `"}` */
const TRAILER_BYTES = CRC_KEY.length + 8 + 2;

/**
 * The record's line, without newline. Throws ProtocolError `invalid_record` (a record that every
 * reader would have to refuse is a fault of its maker) or `record_too_long`.
 */
export function encodeRecord(record: SessionRecord): Buffer {
  const checked = recordSchema.safeParse(record);
  if (!checked.success) {
    throw new ProtocolError('invalid_record', `no ${record.type} record: ${faults(checked.error)}`);
  }
  const { v, type, session, seq, ...rest } = checked.data;
  const body = JSON.stringify({ v, type, session, seq, ...rest }).slice(0, -1);
  const line = Buffer.from(`${body}${trailer(crc32(body))}`);
  if (line.length > MAX_LINE_BYTES) {
    throw new ProtocolError(
      'record_too_long',
      `a ${type} record of ${line.length} bytes; a line has at most ${MAX_LINE_BYTES}`,
    );
  }
  return line;
}

/** `line` without its newline. Never throws: a bad line is a value, to be set aside and counted. */
export function decodeLine(line: Uint8Array): LineResult {
  if (line.length > MAX_LINE_BYTES) {
    return fault('too_long', `${line.length} bytes; a line has at most ${MAX_LINE_BYTES}`);
  }
  const bodyEnd = line.length - TRAILER_BYTES;
  if (bodyEnd < 1) return fault('bad_crc', 'the line is too short to carry a checksum');
  const bytes = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
  const body = bytes.subarray(0, bodyEnd);
  if (bytes.toString('latin1', bodyEnd) !== trailer(crc32(body))) {
    return fault('bad_crc', 'the line does not end with the checksum of its bytes');
  }
  const fields = parseObject(body);
  if (fields === undefined) return fault('not_json', 'the line is no JSON object in UTF-8');
  return checkFields(fields);
}

function trailer(crc: number): string {
  return `${CRC_KEY}${crc.toString(16).padStart(8, '0')}"}`;
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

function fault(code: LineFault, reason: string): LineResult {
  return { ok: false, code, reason };
}
