/**
 * The processes of one PM2, and PM2 itself. A process belongs to it when its environment names that
 * PM2's home: nobody else is ever looked at twice, let alone signalled.
 */
import { allProcessIds, environmentOf, stateOf, type ProcessState } from './proc.js';

export class ManagedProcesses {
  readonly #mark: string;
  /** Processes of others, so that they need not be asked again. */
  #strangers = new Set<number>();

  constructor(pm2Home: string) {
    this.#mark = `PM2_HOME=${pm2Home}`;
  }

  /** All that are alive. */
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

/** The name of an app at PM2, which starts it with that in its environment. */
export function nameAtPm2(pid: number): string {
  return (
    environmentOf(pid)
      .find((entry) => entry.startsWith('name='))
      ?.slice(5) ?? ''
  );
}
