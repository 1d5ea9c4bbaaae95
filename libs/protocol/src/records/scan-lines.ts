/** Takes lines apart and checks them, all of a piece of memory at once. */
import { crc32 } from 'node:zlib';
import { CrcOfLines } from './crc-of-lines.js';
import {
  isMeasurement,
  lengthOf,
  NUMBERS,
  PLACE,
  PLACES,
  type LineTable,
  type Row,
} from './line-table.js';
import { MeasurementScanner } from './measurement-scanner.js';
import { MAX_LINE_BYTES } from './types.js';

/** `,"crc":"` + 8 hex digits + `"}` */
export const TRAILER_BYTES = 18;

const NEWLINE = 0x0a;
/** So few are sooner checked one by one. */
const FEW_LINES = 8;
const FIRST_CAPACITY = 1_024;

export class LineScanner {
  readonly #measurements = new MeasurementScanner();
  readonly #joined = new CrcOfLines();
  /** Memory that is used again for each piece. */
  readonly #row: { -readonly [K in keyof Row]: Row[K] } = {
    numbers: new Float64Array(0),
    number: 0,
    places: new Uint32Array(0),
    place: 0,
  };
  /** The checksums that the lines carry. */
  #crcs = new Uint32Array(0);

  /**
   * Every line that is marked as a measurement is one, its checksum included (as surely as a checksum of 32 bits
   * tells); of any other line only the length is said. The last one may lack its newline.
   */
  scan(lines: Uint8Array): LineTable {
    const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.length);
    const count = this.#read(bytes);
    this.#check(bytes, count);
    const { numbers, places } = this.#row;
    return {
      lines: count,
      numbers: numbers.slice(0, NUMBERS * count),
      places: places.slice(0, PLACES * count),
    };
  }

  #read(bytes: Buffer): number {
    const row = this.#row;
    let line = 0;
    for (let start = 0; start < bytes.length; line++) {
      this.#makeRoomFor(line);
      row.number = NUMBERS * line;
      row.place = PLACES * line;
      let end = this.#measurements.scan(bytes, start, row);
      const isWhole = end === bytes.length || (end !== -1 && bytes[end] === NEWLINE);
      if (!isWhole || end - start > MAX_LINE_BYTES) {
        const newline = bytes.indexOf(NEWLINE, start);
        end = newline === -1 ? bytes.length : newline;
        row.places[row.place + PLACE.length] = end - start;
        row.places[row.place + PLACE.isMeasurement] = 0;
      }
      this.#crcs[line] = this.#measurements.crc;
      start = end + 1;
    }
    return line;
  }

  #makeRoomFor(line: number): void {
    if (line < this.#crcs.length) return;
    const capacity = Math.max(FIRST_CAPACITY, 2 * this.#crcs.length);
    const { numbers, places } = this.#row;
    this.#row.numbers = new Float64Array(NUMBERS * capacity);
    this.#row.places = new Uint32Array(PLACES * capacity);
    this.#row.numbers.set(numbers);
    this.#row.places.set(places);
    const crcs = this.#crcs;
    this.#crcs = new Uint32Array(capacity);
    this.#crcs.set(crcs);
  }

  /** Measurements that follow one another are checked together; of what lies between nothing is known, nor asked. */
  #check(bytes: Buffer, count: number): void {
    let start = 0;
    for (let from = 0; from < count;) {
      let to = from;
      let end = start;
      for (; to < count && isMeasurement(this.#row, to); to++) end += lengthOf(this.#row, to) + 1;
      if (to === from) {
        start += lengthOf(this.#row, from) + 1;
        from++;
        continue;
      }
      const stretch = { from, to, start, end: Math.min(end, bytes.length) };
      if (to - from < FEW_LINES || !this.#holdTogether(bytes, stretch)) {
        this.#checkEach(bytes, stretch);
      }
      from = to;
      start = end;
    }
  }

  /** Whether the checksum of all its bytes is that which the lines' own make together. */
  #holdTogether(bytes: Buffer, { from, to, start, end }: Stretch): boolean {
    const joined = this.#joined;
    joined.reset();
    let at = start;
    for (let line = from; line < to; line++) {
      const lineEnd = at + lengthOf(this.#row, line);
      const next = Math.min(lineEnd + 1, end);
      joined.add(bytes, at, lineEnd - TRAILER_BYTES, next, this.#crcs[line] ?? 0);
      at = next;
    }
    return joined.value === crc32(bytes.subarray(start, end));
  }

  #checkEach(bytes: Buffer, { from, to, start }: Stretch): void {
    let at = start;
    for (let line = from; line < to; line++) {
      const end = at + lengthOf(this.#row, line);
      if (crc32(bytes.subarray(at, end - TRAILER_BYTES)) !== this.#crcs[line]) {
        this.#row.places[PLACES * line + PLACE.isMeasurement] = 0;
      }
      at = end + 1;
    }
  }
}

/** Lines `from` up to `to`, which are the bytes from `start` to `end`. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}
