/**
 * The meter itself, without its line: it measures once a second by its own clock, and asked at any
 * moment shows the last measurement. Two polls within one of its seconds get the same frame, unless
 * the frames are numbered.
 */
import { encodeFrame } from '@elmetron/protocol';
import type { Time } from '../time.js';
import { displayAt, type Unit } from './titration.js';

export interface DeviceOptions {
  /** At most 8 characters. A session counts as emulated when it begins with `EMU`. */
  readonly serial: string;
  readonly unit: Unit;
  readonly seed: number;
  readonly time: Time;
  /** Each frame bears the next record number, so that no two are alike to the byte; else it is 0. */
  readonly numbered?: boolean;
}

/** The record number has 5 digits. */
const RECORD_NUMBERS = 100_000;

export class Device {
  serial: string;
  unit: Unit;
  /** While set, the display stands at this, whatever the electrode sees. */
  held: string | undefined;
  readonly #seed: number;
  readonly #time: Time;
  readonly #startedAt: number;
  /** The clock on the bench: local time, set once, it knows of no summer time. */
  readonly #clockAtStart: number;
  readonly #numbered: boolean;
  #recordNumber = 0;

  constructor({ serial, unit, seed, time, numbered = false }: DeviceOptions) {
    this.serial = serial;
    this.unit = unit;
    this.#seed = seed;
    this.#time = time;
    this.#numbered = numbered;
    this.#startedAt = time.monotonic();
    const now = time.now();
    this.#clockAtStart = now - new Date(now).getTimezoneOffset() * 60_000;
  }

  /** The frame of the last whole second. */
  frame(): Buffer {
    if (this.#numbered) this.#recordNumber = (this.#recordNumber + 1) % RECORD_NUMBERS;
    const clock = this.#clockAtStart + this.#time.monotonic() - this.#startedAt;
    const second = Math.floor(clock / 1000) - Math.floor(this.#clockAtStart / 1000);
    const { value, temperature } = displayAt(second, this.unit, this.#seed);
    return encodeFrame({
      serial: this.serial,
      value: this.held ?? value,
      unit: this.unit,
      temperature,
      recordNumber: this.#recordNumber,
      deviceTime: new Date(clock).toISOString().slice(0, 19),
    });
  }
}
