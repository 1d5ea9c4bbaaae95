/** PM2 as a program, with a home of the run's own: no PM2 of the machine or of the project is touched. */
import { join } from 'node:path';
import { readOrNone } from '../read-or-none.js';
import { Run } from '../run.js';

export interface ProcessManagerOptions {
  /** The root of the project whose node_modules hold PM2. */
  readonly project: string;
  readonly home: string;
  /** The file that lists the apps, ends in `.json`. */
  readonly apps: string;
}

export class ProcessManager {
  readonly #options: ProcessManagerOptions;
  /** One command at a time: PM2 answers the second with half of the first. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ProcessManagerOptions) {
    this.#options = options;
  }

  /** Starts these apps, or one that has ended again. */
  async start(names: readonly string[]): Promise<void> {
    await this.#ask('start', this.#options.apps, '--only', names.join(','));
  }

  /** Stops them in order and waits for it. */
  async stop(names: readonly string[]): Promise<void> {
    await this.#ask('stop', ...names);
  }

  /** Stops everything, then PM2 itself. */
  async end(): Promise<void> {
    await this.#ask('kill');
  }

  /** How often it saw an app end by SIGKILL, by its own log; of one app, or of all. */
  killsSeen(name?: string): number {
    const log = readOrNone(join(this.#options.home, 'pm2.log'));
    const kills = log.matchAll(/App \[(.+):\d+\] exited with code \[\d+\] via signal \[SIGKILL\]/g);
    return [...kills].filter(([, app]) => name === undefined || app === name).length;
  }

  #ask(...args: string[]): Promise<unknown> {
    const { project, home } = this.#options;
    const env = {
      ...process.env,
      PM2_HOME: home,
      PM2_DAEMON_RPC_PORT: join(home, 'rpc.sock'),
      PM2_DAEMON_PUB_PORT: join(home, 'pub.sock'),
      PM2_INTERACTOR_RPC_PORT: join(home, 'interactor.sock'),
      PM2_DISCRETE_MODE: 'true',
      PM2_DISABLE_VERSION_CHECK: 'true',
      PM2_NO_INTERACTION: 'true',
    };
    const pm2 = join(project, 'node_modules/pm2/bin/pm2');
    // Never in the process group of a terminal: Ctrl-C is for the run, which then still needs PM2.
    const command = async (): Promise<void> => {
      const run = Run.start(`pm2 ${args.join(' ')}`, [pm2, ...args], {
        cwd: home,
        env,
        apart: true,
      });
      const { code } = await run.exited;
      if (code !== 0)
        throw new Error(`${run.name} ended with ${code ?? 'a signal'}: ${run.tail()}`);
    };
    this.#turn = this.#turn.then(command, command);
    return this.#turn;
  }
}
