/** The databases of all benches, each opened once, and which of them each source's readings go to. */
import { resolve } from 'node:path';
import { placesOf } from '@elmetron/report';
import type { Bench } from '../benches/bench.js';
import { Database } from './database.js';
import type { OpenReader } from './reader.js';

export interface Databases {
  readonly all: readonly Database[];
  readonly bySource: ReadonlyMap<string, readonly Database[]>;
}

export function databasesBySource(
  benches: readonly Pick<Bench, 'app' | 'source'>[],
  open: OpenReader,
): Databases {
  const all = new Map<string, Database>();
  const bySource = new Map(
    benches.map(({ app, source }) => [
      source,
      placesOf(app.storage).map(([emulated, path]) => {
        const known = all.get(resolve(path)) ?? new Database({ path, emulated }, open);
        all.set(resolve(path), known);
        return known;
      }),
    ]),
  );
  return { all: [...all.values()], bySource };
}
