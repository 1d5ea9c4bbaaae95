/** The statements of one connection that only reads, each prepared once. */
import type { Database, Statement } from 'better-sqlite3';
import { asReadError } from './open-read-only.js';

export class Queries {
  readonly #path: string;
  readonly #db: Database;
  readonly #prepared = new Map<string, Statement>();

  constructor(path: string, db: Database) {
    this.#path = path;
    this.#db = db;
  }

  all<Row>(sql: string, ...parameters: readonly unknown[]): Row[] {
    return this.#guard(() => {
      let statement = this.#prepared.get(sql);
      if (statement === undefined) {
        statement = this.#db.prepare(sql);
        this.#prepared.set(sql, statement);
      }
      return statement.all(...parameters) as Row[];
    });
  }

  /**
   * All that `work` asks is answered from the database as it is at one moment. It ends with `work`: as
   * long as it lasts the writer cannot cut its log back.
   */
  atOnce<T>(work: () => T): T {
    return this.#guard(() => this.#db.transaction(work).deferred());
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw asReadError(error, this.#path);
    }
  }
}
