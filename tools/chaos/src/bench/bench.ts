/**
 * A laboratory of its own for one run: a directory, emulated meters, relays with witnesses, and the
 * real processes under a PM2 of their own. `close()` leaves nothing of it running.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { eventually, Guard, lives, ProcessManager, Relay, Run, send } from '@elmetron/rig';
import { Witness } from '../wire/witness.js';
import { appsOf } from './apps.js';
import { Cast } from './cast.js';
import { Configuration, sources, type Source } from './configuration.js';
import { EmulatedMeter } from './meter.js';

const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url));
export const WRITERS = ['writer', 'writer-b'] as const;

export interface BenchOptions {
  readonly tree: string;
  readonly meters: number;
  readonly seed: number;
}

/** Everything that belongs to one meter. */
export interface Place {
  readonly source: Source;
  readonly meter: EmulatedMeter;
  readonly witness: Witness;
  readonly relay: Relay;
}

export class Bench {
  readonly dir: string;
  readonly configuration: Configuration;
  readonly cast: Cast;
  readonly pm2: ProcessManager;
  readonly places: readonly Place[];
  /** What makes any proof worthless, if it has happened. */
  readonly broken: Error[];
  readonly #tree: string;
  readonly #guard: Guard;

  private constructor(
    parts: Pick<Bench, 'dir' | 'configuration' | 'cast' | 'pm2' | 'places' | 'broken'>,
    tree: string,
    guard: Guard,
  ) {
    this.dir = parts.dir;
    this.configuration = parts.configuration;
    this.cast = parts.cast;
    this.pm2 = parts.pm2;
    this.places = parts.places;
    this.broken = parts.broken;
    this.#tree = tree;
    this.#guard = guard;
  }

  /** Nothing of the system runs yet. Leaves nothing behind when it fails. */
  static async open({ tree, meters, seed }: BenchOptions): Promise<Bench> {
    const dir = mkdtempSync(join(tmpdir(), 'elmetron-chaos-'));
    for (const name of ['config', 'data', 'logs', 'pm2', 'witness']) mkdirSync(join(dir, name));
    const home = join(dir, 'pm2');
    const guard = Guard.start(dir, home);
    const broken: Error[] = [];
    const places: Place[] = [];
    const configuration = new Configuration(dir, sources(meters, ownAddress()));
    const pm2 = new ProcessManager({ project: PROJECT, home, apps: join(dir, 'apps.json') });
    const bench = new Bench(
      { dir, configuration, cast: new Cast(home), pm2, places, broken },
      tree,
      guard,
    );
    try {
      for (const [i, source] of configuration.sources.entries()) {
        configuration.writeAcquisition(source, 'steady');
        const witness = new Witness(join(dir, 'witness', `${source.name}.jsonl`));
        const failed = (error: Error): void => void broken.push(error);
        const { relay: listen, stream: target } = source;
        const relay = await Relay.open({ listen, target, witness, failed });
        const serial = `EMU${String(i + 1).padStart(5, '0')}`;
        const meter = await EmulatedMeter.start({
          tree,
          dir,
          name: source.name,
          serial,
          seed: seed + i,
          pm2Home: home,
        });
        places.push({ source, meter, witness, relay });
      }
      configuration.writeWriter(1000);
      const apps = appsOf({
        tree,
        logs: join(dir, 'logs'),
        acquisitions: configuration.sources.map(({ name }) => configuration.file(name)),
        writer: configuration.file('writer'),
        writerNames: WRITERS,
      });
      writeFileSync(join(dir, 'apps.json'), JSON.stringify({ apps }, undefined, 2));
      return bench;
    } catch (error) {
      await bench.close();
      bench.remove();
      throw error;
    }
  }

  get acquisitions(): string[] {
    return this.places.map(({ source }) => `acquisition-${source.name}`);
  }

  /** The real processes, all acquisitions and the first writer; resolves when readings are acknowledged. */
  async start(): Promise<void> {
    await this.pm2.start([...this.acquisitions, WRITERS[0]]);
    await eventually(
      'the first acknowledgements',
      () => this.places.every(({ witness }) => witness.acknowledged.size > 0),
      60_000,
      () => `see the logs in ${join(this.dir, 'logs')}`,
    );
  }

  /** Recovery by hand, beside whatever runs; resolves when it has ended. */
  async recover(): Promise<void> {
    const script = join(this.#tree, 'apps/recovery/dist/main.js');
    const args = [script, '--config', this.configuration.file('writer')];
    const env = { PM2_HOME: join(this.dir, 'pm2') };
    await Run.start('recovery', args, { cwd: this.dir, env, apart: true }).exited;
  }

  /** Ends every process of the run, in whatever state it is. Safe to call at any moment. */
  async close(): Promise<void> {
    for (const { pid, state } of this.cast.everybody()) if (state === 'T') send(pid, 'SIGCONT');
    await this.pm2.end().catch(() => undefined);
    for (let tries = 0; tries < 100; tries++) {
      const left = this.cast.everybody().filter(lives);
      if (left.length === 0) break;
      for (const { pid } of left) send(pid, 'SIGKILL');
      await delay(50);
    }
    for (const { meter, relay, witness } of this.places) {
      await meter.stop().catch(() => meter.kill());
      await relay.close();
      witness.close();
    }
    this.#guard.dismiss();
  }

  /** The directory, with everything that would be evidence. */
  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/**
 * An address of the loopback network that is this run's alone: a port there cannot be taken by anyone,
 * not even by the outgoing side of a connection, while its process is dead.
 */
function ownAddress(): string {
  const byte = (): number => 1 + Math.floor(Math.random() * 254);
  return `127.${100 + (process.pid % 100)}.${byte()}.${byte()}`;
}
