/** What processes cost over a while: processor time by the kernel's account, and the memory that they hold. */
import { cpuSecondsOfThreads, residentMiB, type Run } from '@elmetron/rig';

export interface Cost {
  readonly seconds: number;
  /** Of processor time, by process. */
  readonly cpu: readonly number[];
  /** MiB held at the end, by process. */
  readonly memory: readonly number[];
}

export async function costOf(runs: readonly Run[], work: () => Promise<void>): Promise<Cost> {
  const began = performance.now();
  const before = runs.map(({ pid }) => cpuSecondsOfThreads(pid));
  await work();
  const cpu = runs.map(({ pid }, i) => cpuSecondsOfThreads(pid) - (before[i] ?? 0));
  const memory = runs.map(({ pid }) => residentMiB(pid));
  return { seconds: (performance.now() - began) / 1000, cpu, memory };
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
