/**
 * Reads one frame. Its shape is checked wholly, because nothing else protects a reading: exact
 * length, exact delimiters, exact columns, no control byte and no `#` within a field. What is not
 * of that shape is refused as a whole, never half understood.
 *
 * What no check can see, for want of a checksum: a digit flipped into another digit; halves of two
 * frames cut at the very same byte. Against the second, a new SOH gives up the half before it, and
 * whoever listens gives up a half after which the line stays quiet (`Framer.end`).
 */
import type { Decoded } from '../records/types.js';
import {
  columnWidth,
  FRAME_BYTES,
  FRAME_LAYOUT,
  NUMBER_WIDTH,
  type FrameColumn,
  type FrameField,
} from './frame-layout.js';

/** A field whose text is no value of its kind (blank, `-----`, 31 February): null in `decoded`. */
export type UnreadableField = 'value' | 'temperature' | 'device_time' | 'record_number';

export type DecodeResult =
  | {
      readonly ok: true;
      readonly model: string;
      readonly serial: string;
      readonly decoded: Decoded;
      readonly unreadable: UnreadableField[];
    }
  | { readonly ok: false; readonly reason: string };

type Fields = Record<FrameField, string>;

/** `bytes` is one frame as the framer gives it out: last SOH up to and with ETX. Never throws. */
export function decodeFrame(bytes: Uint8Array): DecodeResult {
  if (bytes.length !== FRAME_BYTES) {
    return refuse(`a frame has ${FRAME_BYTES} bytes, this has ${bytes.length}`);
  }
  const fields = splitColumns(bytes);
  if (typeof fields === 'string') return refuse(fields);

  const model = plainText(fields.model);
  const serial = plainText(fields.serial);
  if (model === '' || serial === '') return refuse('the meter does not say its model and serial');

  const recordNumber = readRecordNumber(fields.record_number);
  const value = readQuantity(fields.value);
  const temperature = readQuantity(fields.temperature);
  const deviceTime = readDeviceTime(fields.device_date, fields.device_clock);

  const unreadable: UnreadableField[] = [];
  if (value.number === null) unreadable.push('value');
  if (temperature.number === null) unreadable.push('temperature');
  if (deviceTime === null) unreadable.push('device_time');
  if (recordNumber === null) unreadable.push('record_number');

  return {
    ok: true,
    model,
    serial,
    unreadable,
    decoded: {
      value: value.number,
      unit: value.unit,
      temperature: temperature.number,
      temperature_unit: temperature.unit,
      device_time: deviceTime,
      record_number: recordNumber,
      status: plainText(fields.status),
      range: plainText(fields.range),
      mode: plainText(fields.mode),
    },
  };
}

function refuse(reason: string): DecodeResult {
  return { ok: false, reason };
}

/** The fields by name, or the reason why the bytes do not fit the columns. */
function splitColumns(bytes: Uint8Array): Fields | string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const fields: Fields = {
    model: '',
    serial: '',
    status: '',
    range: '',
    mode: '',
    record_number: '',
    value: '',
    temperature: '',
    device_date: '',
    device_clock: '',
  };
  let offset = 0;
  for (const column of FRAME_LAYOUT) {
    const content = text.slice(offset, offset + columnWidth(column));
    const fault = columnFault(column, content);
    if (fault !== undefined) return `${fault} at byte ${offset}`;
    if ('field' in column) fields[column.field] = content;
    offset += content.length;
  }
  return fields;
}

/** Printable Latin-1 without the delimiter. */
const FIELD_TEXT = /^[\x20-\x22\x24-\x7e\xa0-\xff]*$/;

function columnFault(column: FrameColumn, content: string): string | undefined {
  if ('literal' in column) {
    return content === column.literal ? undefined : 'a delimiter is missing';
  }
  return FIELD_TEXT.test(content) ? undefined : `the field ${column.field} is torn`;
}

/** The meter pads with blanks and sets no-break spaces inside units (`mV<A0>rel`). */
function plainText(field: string): string {
  return field.replaceAll('\u00a0', ' ').trim();
}

interface Quantity {
  readonly number: number | null;
  readonly unit: string;
}

/** Right-aligned, in the number's column; a decimal comma is as good as a point. */
const NUMBER = /^ *([+-]?\d+(?:[.,]\d+)?)$/;

/**
 * `  506.9 mV rel   `: the number ends in its column, a blank, the unit begins in its column.
 * A number outside of its column is not taken: a byte lost and another doubled within one field
 * leave the frame's length right and the number wrong, and only the column tells.
 */
function readQuantity(field: string): Quantity {
  const number = NUMBER.exec(field.slice(0, NUMBER_WIDTH))?.[1];
  const gap = field.charAt(NUMBER_WIDTH);
  const unitText = field.slice(NUMBER_WIDTH + 1);
  const unit = gap === ' ' ? plainText(unitText) : '';
  const inColumns = gap === ' ' && (unit === '' || unitText.startsWith(unit.charAt(0)));
  if (number === undefined || !inColumns) return { number: null, unit };
  // `+ 0` makes `-0.0` a plain zero: JSON knows no other.
  return { number: Number(number.replace(',', '.')) + 0, unit };
}

function readRecordNumber(field: string): number | null {
  const digits = /^ *(\d+)$/.exec(field)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** `26-09-2025` and `13:24:00` become `2025-09-26T13:24:00`; null when no calendar has that day. */
function readDeviceTime(date: string, clock: string): string | null {
  const [, day, month, year] = /^(\d\d)-(\d\d)-(\d{4})$/.exec(date) ?? [];
  if (day === undefined || month === undefined || year === undefined) return null;
  if (!/^(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(clock)) return null;
  const time = `${year}-${month}-${day}T${clock}`;
  const instant = new Date(`${time}Z`);
  // An impossible day either does not parse or rolls over into the next month.
  const exists = !Number.isNaN(instant.getTime()) && instant.toISOString().startsWith(time);
  return exists ? time : null;
}
