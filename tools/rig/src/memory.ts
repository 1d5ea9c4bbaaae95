/** How much memory a process has ever had, as the kernel counts it. */
import { readFileSync } from 'node:fs';
import type { Run } from './run.js';

/** Kilobytes of its peak resident size so far; undefined when the process is gone. */
export function peakKilobytes(pid: number): number | undefined {
  try {
    const match = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
    return match?.[1] === undefined ? undefined : Number(match[1]);
  } catch {
    return undefined;
  }
}

/** Watches a process until it ends; resolves to its peak, which only grows, in kilobytes. */
export async function peakUntilEnd(run: Run): Promise<number> {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, peakKilobytes(run.pid) ?? 0);
  };
  const timer = setInterval(look, 20);
  try {
    look();
    await run.exited;
  } finally {
    clearInterval(timer);
  }
  return peak;
}
