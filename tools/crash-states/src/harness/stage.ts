/**
 * Where a scenario plays: a directory of its own, a configuration, the real processes of one built
 * tree under strace, one after the other, and the sources that feed them.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'smol-toml';
import { freePorts, Run, type Exit } from '@elmetron/rig';
import { Account } from '../replay/account.js';
import type { Act, Damaged, Recording } from '../replay/recording.js';
import { straceCommand } from '../trace/strace.js';
import { RecordSource } from './record-source.js';
import { snapshotOf } from './snapshot.js';

type Section = Readonly<Record<string, unknown>>;
export type ConfigChanges = Readonly<Record<string, Section>>;

export interface TracedRun {
  readonly run: Run;
  /** The process has ended by itself, or by `stop` or `kill`. */
  ended(): Promise<Ended>;
  stop(): Promise<Ended>;
  kill(): Promise<Ended>;
}

export interface Ended extends Exit {
  readonly name: string;
  /** The last lines that it printed. */
  readonly tail: string;
}

const MEMORY = '/dev/shm';
const ENOUGH_BYTES = 2_000_000_000;

/** In memory where there is room: what the real disk is does not matter, the model is the disk. */
export function makeScratch(): string {
  let base = tmpdir();
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize > ENOUGH_BYTES) base = MEMORY;
  } catch {
    // Only Linux has it.
  }
  return mkdtempSync(join(base, 'crash-states-'));
}

export class Stage {
  /** The processes' working directory: what is below it is the disk. */
  readonly directory: string;
  readonly account = new Account();
  readonly endpoint: string;
  readonly liveEndpoint: string;
  /** Where the emulated meter listens. */
  readonly meterAddress: string;
  readonly #tree: string;
  readonly #scratch: string;
  readonly #acts: Act[] = [];
  readonly #afterwards: (() => Promise<void> | void)[] = [];
  readonly #runs: Run[] = [];

  private constructor(tree: string, scratch: string, ports: readonly number[]) {
    const [stream = 0, live = 0, meter = 0] = ports;
    this.#tree = tree;
    this.#scratch = scratch;
    this.directory = join(scratch, 'disk');
    this.endpoint = `tcp://127.0.0.1:${stream}`;
    this.liveEndpoint = `tcp://127.0.0.1:${live}`;
    this.meterAddress = `127.0.0.1:${meter}`;
  }

  /** @param tree the root of a built tree: the project's own, or a patched copy of it */
  static async open(tree: string, config: ConfigChanges): Promise<Stage> {
    const scratch = makeScratch();
    const stage = new Stage(tree, scratch, await freePorts(3));
    mkdirSync(stage.directory);
    mkdirSync(join(scratch, 'config'));
    stage.#configure(config);
    return stage;
  }

  get configPath(): string {
    return join(this.#scratch, 'config', 'app.toml');
  }

  /** @param options.leaky it can lose batches on their way */
  async source({ leaky = false }: { readonly leaky?: boolean } = {}): Promise<RecordSource> {
    const source = new RecordSource('bench-1', this.account);
    this.afterwards(() => source.close());
    if (leaky) await source.serveLeakily(this.endpoint);
    else await source.serve(this.endpoint);
    return source;
  }

  /** @param options.inject as strace's `-e inject=` takes it */
  start(
    app: 'writer' | 'recovery' | 'acquisition',
    options: {
      readonly inject?: string;
      readonly env?: NodeJS.ProcessEnv;
      readonly args?: readonly string[];
    } = {},
  ): TracedRun {
    const output = join(this.#scratch, `trace-${this.#acts.length}.txt`);
    const injection = options.inject === undefined ? undefined : { inject: options.inject };
    const entry = join(this.#tree, 'apps', app, 'dist/main.js');
    const args = [entry, '--config', this.configPath, ...(options.args ?? [])];
    const run = Run.start(app, args, {
      cwd: this.directory,
      // libuv may leave reading and writing to the kernel's rings, where no trace sees them.
      env: { UV_USE_IO_URING: '0', ...options.env },
      under: straceCommand(output, injection),
      // A Ctrl-C is the harness's to answer.
      apart: true,
    });
    this.#runs.push(run);
    const ended = async (): Promise<Ended> => {
      // With it closes what strace holds of it: then the trace is complete.
      const exit = await run.exited;
      const trace = readFileSync(output, 'latin1');
      this.#acts.push({ kind: 'trace', process: app, trace, left: snapshotOf(this.directory) });
      rmSync(output);
      return { ...exit, name: app, tail: run.tail() };
    };
    return {
      run,
      ended,
      stop: async () => {
        run.signal('SIGTERM');
        return await ended();
      },
      kill: async () => {
        run.signal('SIGKILL');
        return await ended();
      },
    };
  }

  /** Runs the recovery job to its end. */
  async recover(): Promise<Ended> {
    return await this.start('recovery').ended();
  }

  /** A process that is no part of the recording, such as the emulated meter. */
  helper(name: string, path: string, args: readonly string[], cwd = this.#scratch): Run {
    const run = Run.start(name, [join(this.#tree, path), ...args], { cwd });
    this.#runs.push(run);
    return run;
  }

  /** Changes files while no process runs; they count as synced. `work` tells what records it damaged. */
  edit(work: (directory: string) => readonly Damaged[] | undefined): void {
    const damaged = work(this.directory) ?? [];
    this.#acts.push({ kind: 'edit', left: snapshotOf(this.directory), damaged });
  }

  /** Is done when the stage closes, whatever became of the scenario. */
  afterwards(work: () => Promise<void> | void): void {
    this.#afterwards.push(work);
  }

  recording(): Recording {
    return { directory: this.directory, acts: this.#acts, account: this.account };
  }

  async close(): Promise<void> {
    await Promise.all(this.#runs.map((run) => run.kill()));
    try {
      for (const work of this.#afterwards) await work();
    } finally {
      rmSync(this.#scratch, { recursive: true, force: true });
    }
  }

  #configure(changes: ConfigChanges): void {
    const own: Record<string, Section> = {
      device: { profile: 'cx505', port: `tcp://${this.meterAddress}` },
      acquisition: {
        endpoint: this.endpoint,
        live_endpoint: this.liveEndpoint,
      },
      writer: { sources: [this.endpoint] },
      storage: { commit_interval_ms: 20 },
      monitoring: { acquisition_port: 0, writer_port: 0 },
      log: { level: 'info' },
    };
    for (const [section, keys] of Object.entries(changes))
      own[section] = { ...own[section], ...keys };
    writeFileSync(this.configPath, stringify(own));
    const cx505 = { poll_hex: '012330233023302303', poll_interval_s: 0.05, read_timeout_ms: 300 };
    writeFileSync(
      join(this.#scratch, 'config', 'protocols.toml'),
      stringify({ profiles: { cx505 } }),
    );
  }
}
