/**
 * The exact account of every frame that the meter sent, for tests to compare with what was stored.
 * JSON lines, in order:
 *
 * - `{"event":"start","at":…,"serial":…}` one life of the meter begins; `n` counts from 1 again.
 * - `{"event":"frame","n":…,"poll":…,"at":…,"boot_us":…,"frame":hex,"doubled":…}` BEFORE the frame's
 *   last byte goes out (`boot_us`: on the clock that all processes of the machine share); the frame from its last SOH, of one that was cut the bytes that did go out.
 * - `{"event":"sent","n":…}` every byte of it went out.
 * - `{"event":"cut","n":…,"cause":…,"missing":…}` so many bytes of it never reached the host. It may
 *   follow a `sent`: bytes that lay unread when the line ended. The last word on an `n` counts.
 *
 * Each line is one synchronous write: whatever a host has read of a meter that was then killed is
 * in the file. A frame without a word on its end is one that the meter was killed at.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { MeterError } from '../meter-error.js';

/**
 * Why bytes did not reach the host: the cable was pulled, nobody had the line open, nobody had read
 * them before that, or the host read so slowly that its buffer ran over.
 */
export type CutCause = 'unplugged' | 'nobody' | 'unread' | 'overrun';

export interface FrameEntry {
  /** The number of the poll that the frame answers, over all lines. */
  readonly poll: number;
  readonly frame: Buffer;
  /** Its header went out twice (or more often). */
  readonly doubled: boolean;
}

export class Account {
  readonly #file: number | undefined;
  readonly #now: () => number;
  #frames = 0;

  /** Without a path it only counts. Throws MeterError `account_unwritable`. */
  constructor(path: string | undefined, now: () => number) {
    this.#file = path === undefined ? undefined : openForAppending(path);
    this.#now = now;
  }

  get frames(): number {
    return this.#frames;
  }

  start(serial: string): void {
    this.#write({ event: 'start', at: this.#at(), serial });
  }

  /** Returns the frame's number. */
  frame({ poll, frame, doubled }: FrameEntry): number {
    this.#frames += 1;
    const n = this.#frames;
    this.#write({
      event: 'frame',
      n,
      poll,
      at: this.#at(),
      boot_us: microsecondsSinceBoot(),
      frame: frame.toString('hex'),
      doubled,
    });
    return n;
  }

  sent(n: number): void {
    this.#write({ event: 'sent', n });
  }

  cut(n: number, cause: CutCause, missing: number): void {
    this.#write({ event: 'cut', n, cause, missing });
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }

  #at(): string {
    return new Date(this.#now()).toISOString();
  }

  #write(line: object): void {
    if (this.#file !== undefined) writeSync(this.#file, `${JSON.stringify(line)}\n`);
  }
}

/** Never set, unlike the time of day; good for differences only. */
function microsecondsSinceBoot(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** Appends: the account of an earlier life is evidence. Its torn last line is ended first. */
function openForAppending(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(path, 'a+');
    const { size } = fstatSync(file);
    const last = Buffer.alloc(1);
    if (size > 0) readSync(file, last, 0, 1, size - 1);
    if (size > 0 && last.toString() !== '\n') writeSync(file, '\n');
    return file;
  } catch (cause) {
    throw new MeterError(
      'account_unwritable',
      `The account cannot be written to ${path} (${String(cause)}). Give --account another file.`,
      { cause },
    );
  }
}
