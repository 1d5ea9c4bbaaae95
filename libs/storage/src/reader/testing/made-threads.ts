/** Threads that read a made database, by the sources as they are now. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { silentLog } from '@elmetron/protocol';
import { MadeSession } from '../../store/testing/made-session.js';
import { scratchDirectory } from '../../store/testing/scratch.js';
import { sourceThreadEntry } from '../../store/testing/source-thread-entry.js';
import {
  openReaderThread,
  type ReaderThread,
  type ReaderThreadOptions,
} from '../thread/open-reader-thread.js';
import { MadeDatabase, measurementOf } from './made-readings.js';

export const START = Date.UTC(2026, 2, 1, 8);

export class MadeThreads {
  readonly database = new MadeDatabase();
  readonly sourceEntry: URL;
  readonly #scratch = scratchDirectory();
  readonly #opened: ReaderThread[] = [];

  constructor() {
    const thread = new URL('../thread/reader-thread.ts', import.meta.url);
    this.sourceEntry = sourceThreadEntry(this.#scratch.path, thread);
  }

  open(options: Partial<ReaderThreadOptions> = {}): ReaderThread {
    const reader = openReaderThread({
      path: this.database.path,
      log: silentLog,
      busyTimeoutMs: 50,
      entry: this.sourceEntry,
      ...options,
    });
    this.#opened.push(reader);
    return reader;
  }

  /** A session of so many readings, one a second from `START` on, and an event. */
  async record(count: number): Promise<string> {
    const made = new MadeSession();
    const readings = Array.from({ length: count }, (_, i) =>
      measurementOf(made, i + 1, { at: START + i * 1_000, value: i }),
    );
    const records = [made.start(), ...readings, made.event(count + 1)];
    return await this.database.add(made, records);
  }

  /** A file of this name, which is not there yet. */
  file(name: string): string {
    return join(this.#scratch.path, name);
  }

  /** A thread that does as `script` says; `port` is its way home. */
  oddThread(script: string): URL {
    const entry = this.file('odd.mjs');
    writeFileSync(entry, `import { parentPort as port } from 'node:worker_threads';\n${script}`);
    return pathToFileURL(entry);
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((reader) => reader.close()));
    await this.database.close();
    this.#scratch.remove();
  }
}
