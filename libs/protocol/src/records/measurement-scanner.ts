/**
 * Reads a measurement in the one form in which `encodeRecord` writes it: these keys in this order, no space, no escape
 * in a text. Nearly every line of a session is one, and byte by byte into columns this takes a tenth of the time of a
 * JSON parser and a schema check, and leaves nothing for the garbage collector. Those remain the measure: what
 * this reads, they read the same, and what it does not know is theirs to judge.
 */
import { CIVIL_TIME_LENGTH, civilSecondsAt, digitAt } from './civil-time.js';
import { HEX_VALUES } from './hex.js';
import { NUMBER, PLACE, type Row } from './line-table.js';
import { textAt } from './text-at.js';
import { MAX_SEQ, RECORD_VERSION, SESSION_ID } from './types.js';

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');

const KEYS = {
  session: ascii(`{"v":${RECORD_VERSION},"type":"measurement","session":"`),
  seq: ascii('","seq":'),
  capturedAt: ascii(',"captured_at":"'),
  elapsed: ascii('","elapsed_ms":'),
  frame: ascii(',"raw_frame_hex":"'),
  value: ascii('","decoded":{"value":'),
  unit: ascii(',"unit":"'),
  temperature: ascii('","temperature":'),
  temperatureUnit: ascii(',"temperature_unit":"'),
  deviceTime: ascii('","device_time":'),
  recordNumber: ascii(',"record_number":'),
  status: ascii(',"status":"'),
  range: ascii('","range":"'),
  mode: ascii('","mode":"'),
  crc: ascii('"},"crc":"'),
  end: ascii('"}'),
} as const;
const NULL = ascii('null');

const [QUOTE, PLUS, MINUS, POINT, ZERO] = [0x22, 0x2b, 0x2d, 0x2e, 0x30];
const [Z, UPPER_E, LOWER_E] = [0x5a, 0x45, 0x65];
/** What UTF-8 writes before U+00A0 to U+00BF (°, µ, ² and the like), which alone are taken beyond ASCII. */
const LATIN = 0xc2;

/** What a byte may stand for. */
const [IN_SESSION, BEGINS_SESSION, IN_TEXT, AFTER_LATIN] = [1, 2, 4, 8];
const [beginsSession, inSession] = [new RegExp(SESSION_ID.first), new RegExp(SESSION_ID.rest)];
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  return (
    (inSession.test(char) ? IN_SESSION : 0) |
    (beginsSession.test(char) ? BEGINS_SESSION : 0) |
    (/[ !#-[\]-~]/.test(char) ? IN_TEXT : 0) |
    (/[\xa0-\xbf]/.test(char) ? AFTER_LATIN : 0)
  );
});

/** Numbers whose reading cannot overflow. */
const MOST_DIGITS = { whole: 15, before: 21, after: 20, exponent: 2 };
/** Up to here a number's digits and the power of ten are exact, and one division or product rounds once. */
const EXACT = { digits: 15, power: 22 };
const POWERS = Float64Array.from({ length: EXACT.power + 1 }, (_, n) => Number(`1e${n}`));

export class MeasurementScanner {
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #at = 0;
  #crc = 0;

  /** The checksum that the line last scanned carries; it has not been compared with anything. */
  get crc(): number {
    return this.#crc;
  }

  /**
   * Reads the line that begins at `start` into the row. Returns where it ends, or −1 when it is not of the form: then
   * there is anything in the row.
   */
  scan(bytes: Uint8Array, start: number, row: Row): number {
    this.#bytes = bytes;
    this.#start = start;
    this.#at = start;
    if (!this.#line(row)) return -1;
    row.places[row.place + PLACE.length] = this.#at - start;
    row.places[row.place + PLACE.isMeasurement] = 1;
    return this.#at;
  }

  #line(row: Row): boolean {
    const { numbers, number } = row;
    return (
      this.#literal(KEYS.session) &&
      this.#session(row) &&
      this.#literal(KEYS.seq) &&
      this.#whole(numbers, number + NUMBER.seq) &&
      (numbers[number + NUMBER.seq] ?? NaN) <= MAX_SEQ &&
      this.#literal(KEYS.capturedAt) &&
      this.#instant(row) &&
      this.#literal(KEYS.elapsed) &&
      this.#whole(numbers, number + NUMBER.elapsedMs) &&
      this.#literal(KEYS.frame) &&
      this.#frame(row) &&
      this.#literal(KEYS.value) &&
      this.#number(numbers, number + NUMBER.value) &&
      this.#literal(KEYS.unit) &&
      this.#text(row, PLACE.unit) &&
      this.#literal(KEYS.temperature) &&
      this.#number(numbers, number + NUMBER.temperature) &&
      this.#literal(KEYS.temperatureUnit) &&
      this.#text(row, PLACE.temperatureUnit) &&
      this.#literal(KEYS.deviceTime) &&
      this.#deviceTime(row) &&
      this.#literal(KEYS.recordNumber) &&
      this.#recordNumber(row) &&
      this.#literal(KEYS.status) &&
      this.#text(row, PLACE.status) &&
      this.#literal(KEYS.range) &&
      this.#text(row, PLACE.range) &&
      this.#literal(KEYS.mode) &&
      this.#text(row, PLACE.mode) &&
      this.#literal(KEYS.crc) &&
      this.#checksum() &&
      this.#literal(KEYS.end)
    );
  }

  #literal(expected: Uint8Array): boolean {
    const bytes = this.#bytes;
    const at = this.#at;
    const length = expected.length;
    if (at + length > bytes.length) return false;
    for (let i = 0; i < length; i++) {
      if (bytes[at + i] !== expected[i]) return false;
    }
    this.#at = at + length;
    return true;
  }

  #session(row: Row): boolean {
    const from = this.#at;
    if (((KINDS[this.#byte(from)] ?? 0) & BEGINS_SESSION) === 0) return false;
    let at = from + 1;
    while (((KINDS[this.#byte(at)] ?? 0) & IN_SESSION) !== 0) at++;
    this.#put(row, PLACE.session, from, at);
    return at - from <= SESSION_ID.most;
  }

  /** From 0, at most 15 digits, none too many in front. */
  #whole(numbers: Float64Array, index: number): boolean {
    const from = this.#at;
    numbers[index] = this.#digits(0);
    const digits = this.#at - from;
    if (digits === 0 || digits > MOST_DIGITS.whole) return false;
    return digits === 1 || this.#byte(from) !== ZERO;
  }

  #recordNumber({ numbers, number }: Row): boolean {
    const index = number + NUMBER.recordNumber;
    if (this.#null(numbers, index)) return true;
    const negative = this.#skip(MINUS);
    if (!this.#whole(numbers, index)) return false;
    if (negative) numbers[index] = -(numbers[index] ?? NaN);
    return true;
  }

  #null(numbers: Float64Array, index: number): boolean {
    if (!this.#literal(NULL)) return false;
    numbers[index] = NaN;
    return true;
  }

  /** A JSON number or null. */
  #number(numbers: Float64Array, index: number): boolean {
    if (this.#null(numbers, index)) return true;
    const from = this.#at;
    const negative = this.#skip(MINUS);
    const before = this.#at;
    let value = this.#digits(0);
    const whole = this.#at - before;
    if (whole === 0 || whole > MOST_DIGITS.before) return false;
    if (whole > 1 && this.#byte(before) === ZERO) return false;
    let fraction = 0;
    if (this.#skip(POINT)) {
      const after = this.#at;
      value = this.#digits(value);
      fraction = this.#at - after;
      if (fraction === 0 || fraction > MOST_DIGITS.after) return false;
    }
    let power = -fraction;
    if (this.#skip(LOWER_E) || this.#skip(UPPER_E)) {
      const sign = this.#skip(MINUS) ? -1 : 1;
      if (sign > 0) this.#skip(PLUS);
      const digits = this.#at;
      power += sign * this.#digits(0);
      if (this.#at === digits || this.#at - digits > MOST_DIGITS.exponent) return false;
    }
    if (whole + fraction > EXACT.digits || Math.abs(power) > EXACT.power) {
      numbers[index] = Number(textAt(this.#bytes, from, this.#at));
      return true;
    }
    const scale = POWERS[Math.abs(power)] ?? NaN;
    const size = power < 0 ? value / scale : value * scale;
    numbers[index] = negative ? -size : size;
    return true;
  }

  /** The digits from here on, behind those of `value`. */
  #digits(value: number): number {
    let at = this.#at;
    for (let digit = this.#digit(at); digit >= 0; digit = this.#digit(at)) {
      value = 10 * value + digit;
      at++;
    }
    this.#at = at;
    return value;
  }

  /** `YYYY-MM-DDTHH:MM:SS.mmmZ` */
  #instant(row: Row): boolean {
    const from = this.#at;
    const seconds = civilSecondsAt(this.#bytes, from);
    this.#at = from + CIVIL_TIME_LENGTH;
    if (Number.isNaN(seconds) || !this.#skip(POINT)) return false;
    const milliseconds = this.#digits(0);
    if (this.#at !== from + 23 || !this.#skip(Z)) return false;
    row.numbers[row.number + NUMBER.capturedMs] = 1000 * seconds + milliseconds;
    this.#put(row, PLACE.capturedAt, from, this.#at);
    return true;
  }

  /** Whole bytes, at least one. */
  #frame(row: Row): boolean {
    const bytes = this.#bytes;
    const from = this.#at;
    const end = bytes.length;
    let at = from;
    while (at < end && (HEX_VALUES[bytes[at] ?? 0] ?? 16) < 16) at++;
    this.#put(row, PLACE.frame, from, at);
    return at > from && (at - from) % 2 === 0;
  }

  /** Ends before the closing quote. */
  #text(row: Row, place: number): boolean {
    const from = this.#at;
    let at = from;
    for (;;) {
      const byte = this.#byte(at);
      if (((KINDS[byte] ?? 0) & IN_TEXT) !== 0) at++;
      else if (byte === LATIN && ((KINDS[this.#byte(at + 1)] ?? 0) & AFTER_LATIN) !== 0) at += 2;
      else break;
    }
    this.#put(row, place, from, at);
    return true;
  }

  #deviceTime(row: Row): boolean {
    const { numbers, number, places, place } = row;
    const index = number + NUMBER.deviceSeconds;
    if (this.#null(numbers, index)) {
      places[place + PLACE.deviceTime] = 0;
      places[place + PLACE.deviceTime + 1] = 0;
      return true;
    }
    if (!this.#skip(QUOTE)) return false;
    const from = this.#at;
    this.#text(row, PLACE.deviceTime);
    const isTime = this.#at - from === CIVIL_TIME_LENGTH;
    numbers[index] = isTime ? civilSecondsAt(this.#bytes, from) : NaN;
    return this.#skip(QUOTE);
  }

  #checksum(): boolean {
    let crc = 0;
    for (let i = 0; i < 8; i++) {
      const value = HEX_VALUES[this.#byte(this.#at + i)] ?? 16;
      if (value === 16) return false;
      crc = (crc << 4) | value;
    }
    this.#crc = crc >>> 0;
    this.#at += 8;
    return true;
  }

  #put({ places, place }: Row, which: number, from: number, to: number): void {
    places[place + which] = from - this.#start;
    places[place + which + 1] = to - this.#start;
    this.#at = to;
  }

  #skip(byte: number): boolean {
    if (this.#byte(this.#at) !== byte) return false;
    this.#at += 1;
    return true;
  }

  /** −1 for what is none. */
  #digit(at: number): number {
    return digitAt(this.#bytes, at);
  }

  /** 0, which stands for nothing, behind the end. */
  #byte(at: number): number {
    const bytes = this.#bytes;
    return at < bytes.length ? (bytes[at] ?? 0) : 0;
  }
}
