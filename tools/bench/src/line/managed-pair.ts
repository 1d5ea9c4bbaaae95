/**
 * Acquisition and writer under a PM2 of their own, by the project's ecosystem file as it is: its delays and its
 * launcher belong to what is measured. Only working directory and log files are the bench's.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  argumentsOf,
  ecosystem,
  eventually,
  Guard,
  lives,
  ManagedProcesses,
  ProcessManager,
  send,
  type Bench,
  type ProcessState,
} from '@elmetron/rig';

const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url));

const SCRIPTS = {
  acquisition: 'apps/acquisition/dist/main.js',
  writer: 'config/writer-with-recovery.mjs',
} as const;
export type Role = keyof typeof SCRIPTS;

const ROLES = Object.keys(SCRIPTS) as Role[];

export class ManagedPair {
  /** Of PM2: short, because its sockets' paths must be. */
  readonly #home: string;
  readonly #pm2: ProcessManager;
  readonly #processes: ManagedProcesses;
  readonly #guard: Guard;

  private constructor(home: string, pm2: ProcessManager) {
    this.#home = home;
    this.#pm2 = pm2;
    this.#processes = new ManagedProcesses(home);
    this.#guard = Guard.start(home, home);
  }

  /** Ends with the bench. */
  static async start(bench: Bench): Promise<ManagedPair> {
    const home = mkdtempSync(join(tmpdir(), 'elmetron-pm2-'));
    const logs = bench.path('logs');
    mkdirSync(logs);
    const apps = ecosystem(PROJECT, { ELMETRON_CONFIG: bench.path('config/app.toml') })
      .filter(({ name }) => (ROLES as string[]).includes(name))
      .map((app) => {
        const log = join(logs, `${app.name}.log`);
        return { ...app, cwd: bench.dir, out_file: log, error_file: log };
      });
    const list = join(home, 'apps.json');
    writeFileSync(list, JSON.stringify({ apps }));
    const pair = new ManagedPair(home, new ProcessManager({ project: PROJECT, home, apps: list }));
    bench.atClose(() => pair.#close());
    await pair.#pm2.start(ROLES);
    return pair;
  }

  /** Undefined while it is dead. */
  find(role: Role): ProcessState | undefined {
    return this.#processes
      .everybody()
      .find(({ pid }) => argumentsOf(pid)[1]?.endsWith(SCRIPTS[role]) === true);
  }

  /** `kill -9`; resolves to the process that PM2 has started in its place. */
  async kill(role: Role): Promise<ProcessState> {
    const before = this.find(role);
    if (before === undefined || !send(before.pid, 'SIGKILL')) {
      throw new Error(`there is no ${role} to kill`);
    }
    const next = (): ProcessState | undefined => {
      const found = this.find(role);
      return found?.pid === before.pid ? undefined : found;
    };
    await eventually(`PM2 to restart the ${role}`, () => next() !== undefined, 30_000);
    const after = next();
    if (after === undefined) throw new Error(`the ${role} died again at once`);
    return after;
  }

  /** In order: what is on its way is stored. */
  async stop(role: Role): Promise<void> {
    await this.#pm2.stop([role]);
  }

  async #close(): Promise<void> {
    await this.#pm2.end().catch(() => undefined);
    for (let tries = 0; tries < 100; tries++) {
      const left = this.#processes.everybody().filter(lives);
      if (left.length === 0) break;
      for (const { pid } of left) send(pid, 'SIGKILL');
      await delay(50);
    }
    this.#guard.dismiss();
    rmSync(this.#home, { recursive: true, force: true });
  }
}
