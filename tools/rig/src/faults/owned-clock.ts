/**
 * The wall clock of real processes, set by a test: libfaketime in front of the system's library. The
 * monotonic clock stays as it is, as it does when somebody sets the clock of a machine.
 */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian's package `libfaketime` puts it, by the machine's kind. */
const PLACES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/faketime/libfaketimeMT.so.1',
];

export class OwnedClock {
  readonly #file: string;
  readonly #library: string;

  /** Throws where the library is not: ask `missing` first. */
  constructor(dir: string) {
    const library = PLACES.find((path) => existsSync(path));
    if (library === undefined) throw new Error(OwnedClock.missing);
    this.#library = library;
    this.#file = join(dir, 'clock');
    this.set(0);
  }

  /** Why there can be no such clock here; undefined when there can. */
  static get missing(): string | undefined {
    if (PLACES.some((path) => existsSync(path))) return undefined;
    return 'libfaketime is not installed (Debian: apt-get install libfaketime)';
  }

  /**
   * The clock is set to so many seconds before (negative) or after what it is in truth. At once: a process
   * that read a file half written would see the true time for a moment.
   */
  set(seconds: number): void {
    const next = `${this.#file}.next`;
    writeFileSync(next, `${seconds < 0 ? '-' : '+'}${String(Math.abs(seconds))}s\n`);
    renameSync(next, this.#file);
  }

  /** What a process has to be started with, so that it goes by this clock. */
  get env(): NodeJS.ProcessEnv {
    return {
      LD_PRELOAD: this.#library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  }
}
