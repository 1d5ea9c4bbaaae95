/**
 * The processes of this run and the part that each plays. A process belongs to the run when its
 * environment names the run's own PM2: nobody else is ever looked at twice, let alone signalled.
 */
import { basename } from 'node:path';
import { allProcessIds, argumentsOf, environmentOf, stateOf, type ProcessState } from './proc.js';

export type Role = 'acquisition' | 'writer' | 'recovery';

export interface Player extends ProcessState {
  readonly role: Role;
  /** The name of the configuration it runs with: `bench-1`, `writer`. */
  readonly bench: string;
  /** Its name at PM2; a recovery has that of its writer. */
  readonly name: string;
}

const SCRIPTS: readonly (readonly [string, Role])[] = [
  ['apps/acquisition/dist/main.js', 'acquisition'],
  ['apps/recovery/dist/main.js', 'recovery'],
  // Runs recovery first and then becomes the writer.
  ['config/writer-with-recovery.mjs', 'writer'],
];

export class Cast {
  readonly #mark: string;
  /** Processes of others, so that they need not be asked again. */
  #strangers = new Set<number>();

  constructor(pm2Home: string) {
    this.#mark = `PM2_HOME=${pm2Home}`;
  }

  /** Everybody who plays a part and is alive, oldest first. */
  players(): Player[] {
    return this.everybody()
      .flatMap((state) => {
        const part = partOf(argumentsOf(state.pid));
        return part === undefined ? [] : [{ ...state, ...part, name: nameOf(state.pid) }];
      })
      .sort((a, b) => a.startTime - b.startTime);
  }

  /** All processes of this run that are alive, PM2 itself among them. */
  everybody(): ProcessState[] {
    const pids = allProcessIds();
    const there = new Set(pids);
    this.#strangers = new Set([...this.#strangers].filter((pid) => there.has(pid)));
    return pids.flatMap((pid) => {
      if (this.#strangers.has(pid) || pid === process.pid) return [];
      const state = stateOf(pid);
      if (state === undefined || state.state === 'Z') return [];
      const environment = environmentOf(pid);
      if (environment.includes(this.#mark)) return [state];
      if (environment.length > 1) this.#strangers.add(pid);
      return [];
    });
  }
}

/** PM2 starts each app with its name in the environment. */
function nameOf(pid: number): string {
  return (
    environmentOf(pid)
      .find((entry) => entry.startsWith('name='))
      ?.slice(5) ?? ''
  );
}

function partOf(args: readonly string[]): { role: Role; bench: string } | undefined {
  const script = args[1] ?? '';
  const role = SCRIPTS.find(([path]) => script.endsWith(path))?.[1];
  const config = args[args.indexOf('--config') + 1];
  return role === undefined || config === undefined
    ? undefined
    : { role, bench: basename(config, '.toml') };
}
