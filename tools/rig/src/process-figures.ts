/** What the kernel says of a process: `/proc` where there is one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

/** The kernel's unit of the times in `/proc/<pid>/stat`: `USER_HZ`, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time that all of its threads have taken, to 10 ms. Throws when there is no such process. */
export function cpuSeconds(pid: number): number {
  const text = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
  // The name, in brackets, may hold anything; what follows its last bracket does not.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/**
 * The same of the threads that live now, to the nanosecond, by the scheduler's own account: for what takes a few
 * milliseconds a second. Where the kernel keeps no such account, `cpuSeconds`.
 */
export function cpuSecondsOfThreads(pid: number): number {
  const tasks = `/proc/${String(pid)}/task`;
  if (!existsSync(`/proc/${String(pid)}/schedstat`)) return cpuSeconds(pid);
  const seconds = readdirSync(tasks).map((task) => {
    try {
      return Number(readFileSync(`${tasks}/${task}/schedstat`, 'latin1').split(' ')[0]) / 1e9;
    } catch {
      // It has ended just now.
      return 0;
    }
  });
  return seconds.reduce((a, b) => a + b, 0);
}

/**
 * Bytes that it has made the disk write so far, in whole pages: a page that is written to again after its sync
 * counts again. What the file system writes for itself (its journal) is nobody's. Throws when there is no such
 * process.
 */
export function diskBytesWritten(pid: number): number {
  const text = readFileSync(`/proc/${String(pid)}/io`, 'latin1');
  return Number(/^write_bytes: (\d+)$/m.exec(text)?.[1]);
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
