/**
 * One real process of the system, started as the process manager would start it: its exit, its
 * log lines, and the means to stop or kill it. Only processes started here are ever signalled.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { eventually, PATIENCE_MS } from './eventually.js';

/** A line of the process's pino log. */
export interface LogLine {
  readonly level: number;
  readonly msg?: string;
  readonly [field: string]: unknown;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export class Run {
  readonly name: string;
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  #exit: Exit | undefined;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    collectLines(child.stdout, this.stdout);
    collectLines(child.stderr, this.stderr);
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject);
      // 'close' rather than 'exit': by then everything it printed has been read.
      child.once('close', (code, signal) => {
        this.#exit = { code, signal };
        resolve(this.#exit);
      });
    });
  }

  static start(
    name: string,
    args: readonly string[],
    options: {
      readonly cwd: string;
      readonly env?: NodeJS.ProcessEnv;
      /** A command that starts the process, such as a tracer, with its own arguments. */
      readonly under?: readonly string[];
      /** A Ctrl-C on the terminal does not reach it. */
      readonly apart?: boolean;
    },
  ): Run {
    const [command = process.execPath, ...all] = [
      ...(options.under ?? []),
      process.execPath,
      ...args,
    ];
    const child = spawn(command, all, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: options.apart ?? false,
    });
    return new Run(name, child);
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`${this.name} has not started`);
    return pid;
  }

  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** Writes one line to the process's standard input. */
  tell(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#exit === undefined) this.#child.kill(signal);
  }

  /** `kill -9`, and waits until the process is gone. */
  async kill(): Promise<Exit> {
    this.signal('SIGKILL');
    return await this.exited;
  }

  /** SIGTERM, and waits for the orderly end; fails if it takes longer than `withinMs`. */
  async stop(withinMs = 8_000): Promise<Exit> {
    this.signal('SIGTERM');
    await eventually(
      `${this.name} to stop`,
      () => this.#exit !== undefined,
      withinMs,
      () => this.tail(),
    );
    return await this.exited;
  }

  /** Waits until a line on its standard output contains `text`. */
  async printed(text: string, withinMs = PATIENCE_MS): Promise<string> {
    const find = (): string | undefined => this.stdout.find((line) => line.includes(text));
    await eventually(
      `${this.name} to print ${text}`,
      () => find() !== undefined,
      withinMs,
      () => this.tail(),
    );
    return find() ?? '';
  }

  /** Every JSON line that it logged so far. */
  log(): LogLine[] {
    return this.stdout
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as LogLine);
  }

  /** Waits for a log line whose message contains `text`. */
  async logged(text: string, withinMs = PATIENCE_MS): Promise<LogLine> {
    const find = (): LogLine | undefined =>
      this.log().find(({ msg }) => msg?.includes(text) === true);
    await eventually(
      `${this.name} to log "${text}"`,
      () => find() !== undefined,
      withinMs,
      () => this.tail(),
    );
    const line = find();
    if (line === undefined) throw new Error('unreachable');
    return line;
  }

  /** The last lines that it printed, for the message of a failure. */
  tail(): string {
    return [...this.stdout.slice(-15), ...this.stderr.slice(-15)].join('\n');
  }
}

function collectLines(stream: NodeJS.ReadableStream | null, into: string[]): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    const parts = (rest + chunk).split('\n');
    rest = parts.pop() ?? '';
    into.push(...parts);
  });
  stream?.on('end', () => {
    if (rest !== '') into.push(rest);
  });
}
