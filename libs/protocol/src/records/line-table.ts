/**
 * What a piece of memory full of lines says, in columns: made once by whoever checks the lines, read by whoever stores
 * them, and no object for a line in between. It holds numbers, and where in its line each text stands: the
 * bytes themselves go with it. Tables of pieces that follow one another join end to end.
 */

/** Of each measurement, in `numbers`; NaN where the line says null. Of any other line there is anything. */
export const NUMBER = {
  seq: 0,
  /** UTC, milliseconds since 1970. */
  capturedMs: 1,
  elapsedMs: 2,
  value: 3,
  temperature: 4,
  recordNumber: 5,
  /** The meter's own clock in seconds, as if it were UTC; NaN also when it is a text of another form. */
  deviceSeconds: 6,
} as const;
export const NUMBERS = 7;

/** Of each line, in `places`: of each text where it begins in the line, in bytes, and behind that where it ends. */
export const PLACE = {
  /** Bytes of the line, without its newline. */
  length: 0,
  /** 1: a measurement, and the columns say all of it. 0: anything else, to be read from the line itself. */
  isMeasurement: 1,
  session: 2,
  capturedAt: 4,
  frame: 6,
  unit: 8,
  temperatureUnit: 10,
  /** 0 when the meter's clock is null. */
  deviceTime: 12,
  status: 14,
  range: 16,
  mode: 18,
} as const;
export const PLACES = 20;

export interface LineTable {
  /** How many lines. */
  readonly lines: number;
  /** `NUMBERS` for each line. */
  readonly numbers: Float64Array;
  /** `PLACES` for each line. */
  readonly places: Uint32Array;
}

/** The columns of one line: from these positions on. */
export interface Row {
  readonly numbers: Float64Array;
  readonly number: number;
  readonly places: Uint32Array;
  readonly place: number;
}

/** Memory for a single line. */
export function singleRow(): Row {
  return {
    numbers: new Float64Array(NUMBERS),
    number: 0,
    places: new Uint32Array(PLACES),
    place: 0,
  };
}

/** The lines from number `from` up to `to`, in the same memory. */
export function partOf({ numbers, places }: LineTable, from: number, to: number): LineTable {
  return {
    lines: to - from,
    numbers: numbers.subarray(NUMBERS * from, NUMBERS * to),
    places: places.subarray(PLACES * from, PLACES * to),
  };
}

export function isMeasurement({ places }: Pick<LineTable, 'places'>, line: number): boolean {
  return places[PLACES * line + PLACE.isMeasurement] === 1;
}

/** Of a measurement. */
export function seqOf({ numbers }: LineTable, line: number): number {
  return numbers[NUMBERS * line + NUMBER.seq] ?? NaN;
}

/** In bytes, without its newline. */
export function lengthOf({ places }: Pick<LineTable, 'places'>, line: number): number {
  return places[PLACES * line + PLACE.length] ?? 0;
}

/** Of all lines, each with its newline. */
export function bytesOf(table: LineTable): number {
  let bytes = table.lines;
  for (let line = 0; line < table.lines; line++) bytes += lengthOf(table, line);
  return bytes;
}

/** Where in the line of a measurement its session's name stands. */
export function sessionPlace({ places }: LineTable, line: number): [from: number, to: number] {
  const at = PLACES * line + PLACE.session;
  return [places[at] ?? 0, places[at + 1] ?? 0];
}
