/** What the kernel says of a process: `/proc` where there is one. */
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { Run } from './run.js';

/** Memory that it really holds, in MiB. Throws where there is no `/proc`, or no such process. */
export function residentMiB(pid: number): number {
  const kilobytes = memoryOf(pid, 'VmRSS');
  if (kilobytes === undefined)
    throw new Error(`process ${String(pid)} has no memory: it has ended`);
  return kilobytes / 1024;
}

/** Kilobytes of its peak resident size so far; undefined when the process is gone. */
export function peakKilobytes(pid: number): number | undefined {
  return memoryOf(pid, 'VmHWM');
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

/** Files and sockets that it has open. */
export async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${String(pid)}/fd`)).length;
}

function memoryOf(pid: number, figure: 'VmRSS' | 'VmHWM'): number | undefined {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const kilobytes = new RegExp(`^${figure}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes);
  } catch {
    return undefined;
  }
}
