/**
 * Makes frames: for the emulated meter, and for fixtures, so that the project needs no recording of
 * a real meter. The inverse of the decoder, from the same table of columns.
 */
import { ProtocolError } from '../errors.js';
import { FRAME_LAYOUT, NUMBER_WIDTH, type FrameField } from './frame-layout.js';

/** Texts as displayed; nothing is checked but that each fits, so that odd frames can be made too. */
export interface FrameFields {
  readonly serial: string;
  /** `506.9`, `-1.138`, `-----`, `7,01` or blank: at most 7 characters, set to the right. */
  readonly value: string;
  /** `mV rel`, `pH`, `µS/cm`, `% O2`: at most 9 characters of Latin-1. */
  readonly unit: string;
  /** As `value`. */
  readonly temperature: string;
  /** `YYYY-MM-DDTHH:MM:SS`; whether the day exists is not looked at. */
  readonly deviceTime: string;
  readonly temperatureUnit?: string;
  readonly model?: string;
  readonly status?: string;
  readonly range?: string;
  readonly mode?: string;
  readonly recordNumber?: number;
}

/** One frame of exactly 100 bytes. Throws ProtocolError `field_does_not_fit`. */
export function encodeFrame(fields: FrameFields): Buffer {
  const [date = '', clock = ''] = fields.deviceTime.split('T');
  const texts: Record<FrameField, string> = {
    model: fields.model ?? 'CX-505',
    serial: fields.serial,
    status: fields.status ?? '0',
    range: fields.range ?? '00000',
    mode: fields.mode ?? '00000',
    record_number: String(fields.recordNumber ?? 0).padStart(5, '0'),
    value: quantityText(fields.value, fields.unit),
    temperature: quantityText(fields.temperature, fields.temperatureUnit ?? '°C'),
    device_date: date.split('-').reverse().join('-'),
    device_clock: clock,
  };
  const columns = FRAME_LAYOUT.map((column) =>
    'literal' in column ? column.literal : fit(column.field, texts[column.field], column.width),
  );
  return Buffer.from(columns.join(''), 'latin1');
}

/** The number set to the right of its column, a blank, the unit with no-break spaces inside. */
function quantityText(number: string, unit: string): string {
  return `${number.padStart(NUMBER_WIDTH)} ${unit.replaceAll(' ', '\u00a0')}`;
}

function fit(field: FrameField, text: string, width: number): string {
  const strange = /[\u0100-\uffff]/.test(text);
  if (text.length > width || strange) {
    throw new ProtocolError(
      'field_does_not_fit',
      `${JSON.stringify(text)} does not fit the frame's ${field}: at most ${width} characters of Latin-1`,
    );
  }
  return text.padEnd(width);
}
