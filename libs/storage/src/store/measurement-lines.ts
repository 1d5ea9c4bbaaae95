/**
 * Reads the columns of measurements from the table of their lines. Texts of one column are nearly always the same
 * from line to line, and frames of one length: what was made for one line serves the next.
 */
import {
  isMeasurement,
  lengthOf,
  NUMBER,
  NUMBERS,
  PLACE,
  PLACES,
  readHex,
  sameBytes,
  seqOf,
  textAt,
  type LineTable,
} from '@elmetron/protocol/offline';
import { deviceTimeColumn } from './device-time.js';
import type { MeasurementColumns } from './row-mapping.js';

export class MeasurementLines {
  readonly #bytes: Uint8Array;
  readonly #table: LineTable;
  readonly #session = new SameText();
  readonly #unit = new SameText();
  readonly #temperatureUnit = new SameText();
  readonly #deviceTime = new SameText();
  readonly #status = new SameText();
  readonly #range = new SameText();
  readonly #mode = new SameText();
  #frame = Buffer.alloc(0);
  #line = -1;
  #start = 0;
  #end = -1;

  constructor(bytes: Uint8Array, table: LineTable) {
    this.#bytes = bytes;
    this.#table = table;
  }

  /** On to the next line; false when there is none. */
  next(): boolean {
    this.#line++;
    this.#start = this.#end + 1;
    if (this.#line >= this.#table.lines) return false;
    this.#end = this.#start + lengthOf(this.#table, this.#line);
    return true;
  }

  /** Of the line, without newline. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#end);
  }

  get isMeasurement(): boolean {
    return isMeasurement(this.#table, this.#line);
  }

  /** Of a measurement, like all that follows. The same text object for as long as it stays the same. */
  get session(): string {
    return this.#text(this.#session, PLACE.session);
  }

  get seq(): number {
    return seqOf(this.#table, this.#line);
  }

  /** Until the next line: the memory of the frame is used again. */
  columns(): MeasurementColumns {
    return {
      captured_ms: this.#number(NUMBER.capturedMs),
      elapsed_ms: this.#number(NUMBER.elapsedMs),
      device_time: this.#readDeviceTime(),
      value: orNull(this.#number(NUMBER.value)),
      unit: this.#text(this.#unit, PLACE.unit),
      temperature: orNull(this.#number(NUMBER.temperature)),
      temperature_unit: this.#text(this.#temperatureUnit, PLACE.temperatureUnit),
      record_number: orNull(this.#number(NUMBER.recordNumber)),
      status: this.#text(this.#status, PLACE.status),
      range: this.#text(this.#range, PLACE.range),
      mode: this.#text(this.#mode, PLACE.mode),
      raw_frame: this.#readFrame(),
    };
  }

  #readDeviceTime(): number | string | null {
    const seconds = this.#number(NUMBER.deviceSeconds);
    if (!Number.isNaN(seconds)) return seconds;
    if (this.#place(PLACE.deviceTime) === 0) return null;
    return deviceTimeColumn(this.#text(this.#deviceTime, PLACE.deviceTime));
  }

  #readFrame(): Buffer {
    const from = this.#place(PLACE.frame);
    const length = (this.#place(PLACE.frame + 1) - from) / 2;
    if (this.#frame.length !== length) this.#frame = Buffer.alloc(length);
    readHex(this.#bytes, this.#start + from, this.#frame);
    return this.#frame;
  }

  #text(same: SameText, which: number): string {
    const from = this.#start + this.#place(which);
    return same.read(this.#bytes, from, this.#start + this.#place(which + 1));
  }

  #number(which: number): number {
    return this.#table.numbers[NUMBERS * this.#line + which] ?? NaN;
  }

  #place(which: number): number {
    return this.#table.places[PLACES * this.#line + which] ?? 0;
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** The text of bytes, made anew only when they are not those of before. */
class SameText {
  #bytes = new Uint8Array(0);
  #text = '';

  read(bytes: Uint8Array, from: number, to: number): string {
    const length = to - from;
    if (length !== this.#bytes.length || !sameBytes(this.#bytes, 0, length, bytes, from)) {
      this.#bytes = bytes.slice(from, to);
      this.#text = textAt(bytes, from, to);
    }
    return this.#text;
  }
}
