/**
 * A laboratory bench of its own: a directory, free ports, a configuration, and the real processes
 * on them. `close()` ends whatever still runs and removes the directory.
 */
import { mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'smol-toml';
import { parseAccount, type SentFrame } from './account.js';
import { eventually, PATIENCE_MS } from './eventually.js';
import { freePorts } from './free-ports.js';
import { readDatabase, type DatabaseContent } from './database.js';
import { Run, type Exit } from './run.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

type Section = Readonly<Record<string, unknown>>;
/** Keys of app.toml that differ from the bench's own, by section. */
export type ConfigChanges = Readonly<Record<string, Section>>;

export interface BenchOptions {
  readonly config?: ConfigChanges;
  /** Keys of the profile `cx505`; it polls every 50 ms unless they say otherwise. */
  readonly profile?: Section;
  /** Where its directory is made; the temporary one unless said. */
  readonly parent?: string;
  /** Options of Node itself for the writer and recovery. */
  readonly node?: readonly string[];
  /** More environment for its processes, made when its directory is there; the meter goes without. */
  readonly env?: (dir: string) => NodeJS.ProcessEnv;
}

/** What a command line said and how it ended. */
export interface Finished {
  readonly code: number | null;
  readonly out: readonly string[];
  readonly err: string;
}

export async function finished(run: Run): Promise<Finished> {
  const { code } = await run.exited;
  return { code, out: run.stdout, err: run.stderr.join('\n') };
}

export class Bench {
  readonly dir: string;
  readonly ports: {
    readonly stream: number;
    readonly live: number;
    readonly acquisition: number;
    readonly writer: number;
    readonly dashboard: number;
  };
  readonly #runs: Run[] = [];
  readonly #undo: (() => void | Promise<void>)[] = [];
  readonly #own: Record<string, Section>;
  #env: NodeJS.ProcessEnv = {};
  #node: readonly string[] = [];

  private constructor(dir: string, ports: number[]) {
    const [stream = 0, live = 0, acquisition = 0, writer = 0, dashboard = 0] = ports;
    this.dir = dir;
    this.ports = { stream, live, acquisition, writer, dashboard };
    const endpoint = `tcp://127.0.0.1:${String(stream)}`;
    this.#own = {
      device: { profile: 'cx505', port: 'emulator' },
      acquisition: { endpoint, live_endpoint: `tcp://127.0.0.1:${String(live)}` },
      writer: { sources: [endpoint] },
      storage: { commit_interval_ms: 100 },
      monitoring: { acquisition_port: acquisition, writer_port: writer },
      dashboard: { port: dashboard },
      log: { level: 'debug' },
    };
  }

  static async open(options: BenchOptions = {}): Promise<Bench> {
    const dir = await mkdtemp(join(options.parent ?? tmpdir(), 'elmetron-bench-'));
    const bench = new Bench(dir, await freePorts(5));
    bench.#env = options.env?.(dir) ?? {};
    bench.#node = options.node ?? [];
    await mkdir(join(dir, 'config'));
    await bench.configure(options.config ?? {});
    await bench.profiles({ cx505: options.profile ?? {} });
    return bench;
  }

  /** Writes `config/<name>`: the bench's own settings with `changes` laid over them. */
  async configure(changes: ConfigChanges, name = 'app.toml'): Promise<string> {
    const merged: Record<string, Section> = { ...this.#own };
    for (const [section, keys] of Object.entries(changes)) {
      merged[section] = { ...merged[section], ...keys };
    }
    const path = join(this.dir, 'config', name);
    await writeFile(path, stringify(merged));
    return path;
  }

  /** Writes the configuration as it is now, but for the meter, which is nowhere; its path below the bench. */
  async withoutMeter(): Promise<string> {
    const now = parse(await readFile(this.path('config', 'app.toml'), 'utf8'));
    const device = { ...(now['device'] as Section), port: this.path('no-meter') };
    await writeFile(this.path('config', 'no-meter.toml'), stringify({ ...now, device }));
    return 'config/no-meter.toml';
  }

  /** Writes `config/protocols.toml`. */
  async profiles(changes: Readonly<Record<string, Section>>): Promise<void> {
    // A poll that timed out on a busy machine puts a second answer on the wire, for a kill to take.
    const base = { poll_hex: '012330233023302303', poll_interval_s: 0.05, read_timeout_ms: 2_000 };
    const profiles = Object.fromEntries(
      Object.entries(changes).map(([name, keys]) => [name, { ...base, ...keys }]),
    );
    await writeFile(join(this.dir, 'config', 'protocols.toml'), stringify({ profiles }));
  }

  path(...parts: string[]): string {
    return join(this.dir, ...parts);
  }

  /** The emulated meter on the pseudo-terminal that `port = "emulator"` opens; resolves when it is there. */
  async startMeter(...args: string[]): Promise<Run> {
    const meter = this.startMeterAtOnce(...args);
    await meter.printed('"ready"');
    return meter;
  }

  /** The same, without waiting for it. */
  startMeterAtOnce(...args: string[]): Run {
    return this.#start('meter', 'tools/meter', ['--account', this.path('account.jsonl'), ...args]);
  }

  /** `under`: a command that starts it, such as `env`. */
  startAcquisition(config = 'config/app.toml', under: readonly string[] = []): Run {
    return this.#start('acquisition', 'apps/acquisition', ['--config', config], under);
  }

  startWriter(config = 'config/app.toml', under: readonly string[] = []): Run {
    return this.#start('writer', 'apps/writer', ['--config', config], under);
  }

  startRecovery(...args: string[]): Run {
    return this.#start('recovery', 'apps/recovery', ['--config', 'config/app.toml', ...args]);
  }

  startDashboard(config = 'config/app.toml'): Run {
    return this.#start('dashboard', 'apps/dashboard', ['--config', config]);
  }

  /** The writer as the process manager starts it: recovery first. */
  startLauncher(config = 'config/app.toml'): Run {
    return this.#run('launcher', 'config/writer-with-recovery.mjs', ['--config', config]);
  }

  /** Recovery, started by a command such as a tracer. */
  startRecoveryUnder(under: readonly string[], ...args: string[]): Run {
    const all = ['--config', 'config/app.toml', ...args];
    return this.#run('recovery', 'apps/recovery/dist/main.js', all, under);
  }

  startRebuild(...args: string[]): Run {
    const words = ['rebuild', '--config', 'config/app.toml', ...args];
    return this.#start('recovery', 'apps/recovery', words);
  }

  /** Runs `recovery rebuild` to its end. */
  async rebuild(...args: string[]): Promise<{ readonly exit: Exit; readonly output: string }> {
    const run = this.startRebuild(...args);
    const exit = await run.exited;
    // What was refused is said on standard error, beside the log.
    const said = run.stderr.filter((line) => !line.startsWith('{'));
    return { exit, output: [...run.stdout, ...said].join('\n') };
  }

  /** Runs the recovery job to its end. */
  async recover(
    ...args: string[]
  ): Promise<{ readonly exit: Exit; readonly output: string; readonly run: Run }> {
    const run = this.startRecovery(...args);
    const exit = await run.exited;
    return { exit, output: run.stdout.join('\n'), run };
  }

  /** The command line, as a person starts it on this bench. */
  startElmetron(...args: string[]): Run {
    return this.#run('elmetron', 'apps/cli/bin/elmetron.mjs', args);
  }

  /** The same, started by another command, such as one that takes rights away. */
  startElmetronUnder(under: readonly string[], ...args: string[]): Run {
    return this.#run('elmetron', 'apps/cli/bin/elmetron.mjs', args, under);
  }

  /** Runs one command line to its end. */
  async elmetron(...args: string[]): Promise<Finished> {
    return finished(this.startElmetron(...args));
  }

  /** Every frame that the emulated meter says it sent. */
  async account(): Promise<SentFrame[]> {
    return parseAccount(await readFile(this.path('account.jsonl'), 'utf8'));
  }

  /** Waits until the meter has sent `count` whole frames. */
  async sent(count: number, withinMs = PATIENCE_MS): Promise<void> {
    await eventually(
      `the meter to send ${String(count)} frames`,
      async () => (await this.account()).filter(({ whole }) => whole).length >= count,
      withinMs,
    );
  }

  /** What the database holds now; the one of emulated meters unless told otherwise. */
  database(path = 'data/demo/elmetron.sqlite'): DatabaseContent {
    return readDatabase(this.path(path));
  }

  /** Buffers that lie in the captures directory. */
  async buffers(): Promise<string[]> {
    const names = await readdir(this.path('captures')).catch(() => []);
    return names.filter((name) => name.endsWith('_buffer.jsonl'));
  }

  /** Files with records that acquisition has kept, below its spool's directory. */
  async spooled(): Promise<string[]> {
    const names = await readdir(this.path('data/spool'), { recursive: true }).catch(() => []);
    return names.filter((name) => name.endsWith('_spool.jsonl'));
  }

  /** `undo` takes back what a test has done to the machine: called when all processes have ended, the latest first. */
  atClose(undo: () => void | Promise<void>): void {
    this.#undo.push(undo);
  }

  async close(): Promise<void> {
    await Promise.all(this.#runs.map((run) => run.kill()));
    for (const undo of this.#undo.reverse()) await undo();
    await rm(this.dir, { recursive: true, force: true });
  }

  #start(
    name: string,
    folder: string,
    args: readonly string[],
    under: readonly string[] = [],
  ): Run {
    return this.#run(name, `${folder}/dist/main.js`, args, under);
  }

  #run(name: string, entry: string, args: readonly string[], under: readonly string[] = []): Run {
    const env = name === 'meter' ? {} : this.#env;
    const node = name === 'writer' || name === 'recovery' ? this.#node : [];
    const all = [...node, join(ROOT, entry), ...args];
    const run = Run.start(name, all, { cwd: this.dir, under, env });
    this.#runs.push(run);
    return run;
  }
}
