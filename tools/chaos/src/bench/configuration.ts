/** The configuration files of a run: real ones, with absolute paths, because all apps share a working directory. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address } from '@elmetron/rig';
import { stringify } from 'smol-toml';
import { PROFILES, type Load } from './load.js';
import { meterPath } from './meter.js';

export interface Source {
  /** `bench-1`: the name of its data, its configuration and its meter. */
  readonly name: string;
  /** Where acquisition binds. */
  readonly stream: Address;
  readonly live: Address;
  /** Where writers connect. */
  readonly relay: Address;
}

/** `host` is an address of this machine that nobody else uses, so that the ports are free. */
export function sources(count: number, host: string): Source[] {
  return Array.from({ length: count }, (_, i) => ({
    name: `bench-${i + 1}`,
    stream: { host, port: 5701 + 10 * i },
    live: { host, port: 5702 + 10 * i },
    relay: { host, port: 5703 + 10 * i },
  }));
}

export class Configuration {
  readonly dir: string;
  readonly sources: readonly Source[];

  /** @param dir of the run; the files go to `config` in it, which must be there */
  constructor(dir: string, benches: readonly Source[]) {
    this.dir = dir;
    this.sources = benches;
    writeFileSync(join(dir, 'config', 'protocols.toml'), stringify({ profiles: PROFILES }));
  }

  file(name: string): string {
    return join(this.dir, 'config', `${name}.toml`);
  }

  get databasePath(): string {
    return join(this.dir, 'data', 'demo.sqlite');
  }

  get capturesDir(): string {
    return join(this.dir, 'captures');
  }

  spoolDir(source: Source): string {
    return join(this.dir, 'spool', source.name);
  }

  writeAcquisition(source: Source, load: Load): void {
    this.#write(source.name, {
      device: {
        profile: load,
        port: meterPath(this.dir, source.name),
        metadata: { load, shelf: 3.5 },
      },
      acquisition: {
        source: source.name,
        endpoint: endpoint(source.stream),
        live_endpoint: endpoint(source.live),
        // Each source has a directory of its own in it.
        spool_dir: join(this.dir, 'spool'),
        spool_sync_ms: 500,
        memory_limit_records: 200,
      },
    });
  }

  /** Takes effect with the writer's next start. */
  writeWriter(commitIntervalMs: number): void {
    this.#write(
      'writer',
      {
        // No meter of its own: PM2 is to start none.
        device: { profile: 'steady', port: '/dev/null' },
        writer: { sources: this.sources.map(({ relay }) => endpoint(relay)) },
      },
      commitIntervalMs,
    );
  }

  #write(name: string, sections: Record<string, object>, commit_interval_ms = 1000): void {
    const file = stringify({
      ...sections,
      storage: {
        database_path: join(this.dir, 'data', 'elmetron.sqlite'),
        demo_database_path: this.databasePath,
        captures_dir: this.capturesDir,
        buffer_rotate_bytes: 131_072,
        commit_interval_ms,
        archive_days: 1,
      },
      monitoring: { acquisition_port: 0, writer_port: 0 },
    });
    writeFileSync(this.file(name), file);
  }
}

const endpoint = ({ host, port }: Address): string => `tcp://${host}:${port}`;
