/** A database made by the real store from lines, to be read back, or spoiled by hand. */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { silentLog, systemClock } from '@elmetron/protocol';
import { openSqliteStore, type Store } from '@elmetron/storage';
import { scratch } from './scratch.js';

export class MadeDatabase {
  readonly path = join(scratch(), 'made.sqlite');

  async fill(
    ...sessions: readonly { readonly lines: ReadonlyMap<number, Buffer> }[]
  ): Promise<void> {
    await this.withStore(async (store) => {
      for (const { lines } of sessions) {
        const all = [...lines.values()].map((line) => `${line.toString()}\n`).join('');
        await store.commit({ lines: Buffer.from(all), recovered: false });
      }
    });
  }

  async withStore(use: (store: Store) => Promise<unknown>): Promise<void> {
    const { path } = this;
    const store = openSqliteStore({
      path,
      busyTimeoutMs: 1000,
      log: silentLog,
      clock: systemClock,
    });
    await use(store);
    await store.close();
  }

  /** As nobody ever should. */
  spoil(sql: string): void {
    const db = new Database(this.path);
    db.pragma('foreign_keys = OFF');
    db.exec(sql);
    db.close();
  }
}
