/** What the kernel says of a process: `/proc` where there is one. */
import { readdir, readFile } from 'node:fs/promises';

/** Memory that it really holds, in MiB. Rejects where there is no `/proc`, or no such process. */
export async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${String(pid)}/status`, 'utf8');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status) ?? [];
  if (kilobytes === undefined)
    throw new Error(`process ${String(pid)} has no memory: it has ended`);
  return Number(kilobytes) / 1024;
}

/** Files and sockets that it has open. */
export async function openFiles(pid: number): Promise<number> {
  return (await readdir(`/proc/${String(pid)}/fd`)).length;
}
