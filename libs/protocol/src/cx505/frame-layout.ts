/**
 * The columns of a frame, as every recorded frame has them. A frame carries no checksum, so this
 * table is all that tells a reading from a damaged one: a lost or doubled byte moves every column
 * behind it, and the frame no longer fits.
 *
 * ```
 * SOH #CX-505  S/N00308/25#0#00000#00000# ETB STX
 *     #Nr:00000#  506.9 mV rel   #   32.1 °C #26-09-2025#13:24:00# RS ETX
 * ```
 */
import { ETB, ETX, RS, SOH, STX } from './control-bytes.js';

export type FrameField =
  | 'model'
  | 'serial'
  | 'status'
  | 'range'
  | 'mode'
  | 'record_number'
  | 'value'
  | 'temperature'
  | 'device_date'
  | 'device_clock';

export type FrameColumn =
  { readonly literal: string } | { readonly field: FrameField; readonly width: number };

const char = (...bytes: number[]): string => String.fromCharCode(...bytes);

const HEADER: readonly FrameColumn[] = [
  { literal: char(SOH) + '#' },
  { field: 'model', width: 8 },
  { literal: 'S/N' },
  { field: 'serial', width: 8 },
  { literal: '#' },
  { field: 'status', width: 1 },
  { literal: '#' },
  { field: 'range', width: 5 },
  { literal: '#' },
  { field: 'mode', width: 5 },
  { literal: '#' + char(ETB, STX) },
];

const BODY: readonly FrameColumn[] = [
  { literal: '#Nr:' },
  { field: 'record_number', width: 5 },
  { literal: '#' },
  { field: 'value', width: 17 },
  { literal: '#' },
  { field: 'temperature', width: 11 },
  { literal: '#' },
  { field: 'device_date', width: 10 },
  { literal: '#' },
  { field: 'device_clock', width: 8 },
  { literal: '#' + char(RS, ETX) },
];

export const FRAME_LAYOUT: readonly FrameColumn[] = [...HEADER, ...BODY];

/** Within a value or temperature: the number ends here, then one blank, then the unit. */
export const NUMBER_WIDTH = 7;

export const columnWidth = (column: FrameColumn): number =>
  'literal' in column ? column.literal.length : column.width;

const totalWidth = (columns: readonly FrameColumn[]): number =>
  columns.reduce((sum, column) => sum + columnWidth(column), 0);

/** 100: every whole frame has exactly so many bytes. */
export const FRAME_BYTES = totalWidth(FRAME_LAYOUT);
/** 38: SOH to STX; what stands twice when the meter starts its answer over. */
export const HEADER_BYTES = totalWidth(HEADER);
