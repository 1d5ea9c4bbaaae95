/**
 * Processes as the kernel tells of them (`/proc`): who is alive, since when, and whose it is. A process
 * id alone is not enough to signal anyone: it is used again. With its start time it is unique.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface ProcessId {
  readonly pid: number;
  /** Clock ticks since the machine was booted. */
  readonly startTime: number;
}

export interface ProcessState extends ProcessId {
  readonly parent: number;
  /** One letter: `R` running, `S` asleep, `T` stopped, `Z` dead and not yet waited for … */
  readonly state: string;
}

/** Undefined when there is no such process (any more). */
export function stateOf(pid: number): ProcessState | undefined {
  const text = readProc(pid, 'stat');
  // The name, in brackets, may hold anything; what follows its last bracket does not.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined) return undefined;
  const [state = '', parent = ''] = fields;
  return { pid, state, parent: Number(parent), startTime: Number(fields[19]) };
}

/** Alive: it is this very process, and it has not died, whether or not anyone has waited for it. */
export function lives({ pid, startTime }: ProcessId): boolean {
  const now = stateOf(pid);
  return now?.startTime === startTime && now.state !== 'Z' && now.state !== 'X';
}

/** False when it has ended by itself. */
export function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

/** Its command line. */
export function argumentsOf(pid: number): string[] {
  return readProc(pid, 'cmdline')?.split('\0').slice(0, -1) ?? [];
}

/** Its environment as it was started with, `NAME=value` each. */
export function environmentOf(pid: number): string[] {
  return readProc(pid, 'environ')?.split('\0') ?? [];
}

/** The paths of the files that it has open. */
export function openFilesOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlink(`/proc/${pid}/fd/${fd}`));
  } catch {
    return [];
  }
}

/** Whether it has a handler for the signal of this number; without one most signals end it. */
export function catches(pid: number, signal: number): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readProc(pid, 'status') ?? '')?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

export function allProcessIds(): number[] {
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return undefined;
  }
}

function readlink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
