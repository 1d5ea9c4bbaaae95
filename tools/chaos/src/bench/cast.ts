/** The processes of this run, by the run's own PM2, and the part that each plays. */
import { basename } from 'node:path';
import { argumentsOf, ManagedProcesses, nameAtPm2, type ProcessState } from '@elmetron/rig';

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
  readonly #managed: ManagedProcesses;

  constructor(pm2Home: string) {
    this.#managed = new ManagedProcesses(pm2Home);
  }

  /** Everybody who plays a part and is alive, oldest first. */
  players(): Player[] {
    return this.everybody()
      .flatMap((state) => {
        const part = partOf(argumentsOf(state.pid));
        return part === undefined ? [] : [{ ...state, ...part, name: nameAtPm2(state.pid) }];
      })
      .sort((a, b) => a.startTime - b.startTime);
  }

  /** All processes of this run that are alive, PM2 itself among them. */
  everybody(): ProcessState[] {
    return this.#managed.everybody();
  }
}

function partOf(args: readonly string[]): { role: Role; bench: string } | undefined {
  const script = args[1] ?? '';
  const role = SCRIPTS.find(([path]) => script.endsWith(path))?.[1];
  const config = args[args.indexOf('--config') + 1];
  return role === undefined || config === undefined
    ? undefined
    : { role, bench: basename(config, '.toml') };
}
