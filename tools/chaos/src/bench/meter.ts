/** One emulated meter of the bench: a process of its own on a pseudo-terminal, told what to do to its line. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAccount, Run, type SentFrame } from '@elmetron/rig';

export interface MeterOptions {
  readonly tree: string;
  readonly dir: string;
  readonly name: string;
  readonly serial: string;
  readonly seed: number;
  /** The PM2_HOME by which its process is known as one of the run. */
  readonly pm2Home: string;
}

/** What a line can be told; see the commands of tools/meter. */
export type LineCommand =
  | { readonly command: 'unplug' | 'plug' }
  | { readonly command: 'silence' | 'chunking'; readonly on: boolean }
  | { readonly command: 'noise' | 'doubled'; readonly rate: number }
  | { readonly command: 'latency'; readonly ms: number };

export class EmulatedMeter {
  readonly serial: string;
  readonly name: string;
  readonly #run: Run;
  readonly #accountFile: string;

  private constructor({ name, serial }: MeterOptions, run: Run, accountFile: string) {
    this.name = name;
    this.serial = serial;
    this.#run = run;
    this.#accountFile = accountFile;
  }

  /** Resolves when its pseudo-terminal is there. */
  static async start(options: MeterOptions): Promise<EmulatedMeter> {
    const { tree, dir, name, serial, seed, pm2Home } = options;
    const account = join(dir, `${name}.account.jsonl`);
    const args = ['--path', meterPath(dir, name), '--account', account, '--numbered'];
    const run = Run.start(
      `meter of ${name}`,
      [join(tree, 'tools/meter/dist/main.js'), ...args, '--serial', serial, '--seed', `${seed}`],
      { cwd: dir, apart: true, env: { PM2_HOME: pm2Home } },
    );
    await run.printed('"ready"', 30_000);
    return new EmulatedMeter(options, run, account);
  }

  tell(command: LineCommand): void {
    this.#run.tell(JSON.stringify(command));
  }

  /** An honest line again, and the meter answers. */
  behave(): void {
    this.tell({ command: 'plug' });
    this.tell({ command: 'noise', rate: 0 });
    this.tell({ command: 'doubled', rate: 0 });
    this.tell({ command: 'chunking', on: false });
    this.tell({ command: 'latency', ms: 0.2 });
    this.tell({ command: 'silence', on: false });
  }

  /** Every frame that it says it sent. */
  async account(): Promise<SentFrame[]> {
    return parseAccount(await readFile(this.#accountFile, 'utf8'));
  }

  /** Throws when the meter has ended, which it never should. */
  check(): void {
    if (this.#run.exit !== undefined)
      throw new Error(`The ${this.#run.name} ended: ${this.#run.tail()}`);
  }

  async stop(): Promise<void> {
    if (this.#run.exit === undefined) await this.#run.stop();
  }

  async kill(): Promise<void> {
    await this.#run.kill();
  }
}

/** Where its pseudo-terminal is offered. */
export const meterPath = (dir: string, name: string): string => join(dir, `${name}.tty`);
