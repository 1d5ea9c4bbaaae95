/**
 * What Linux tells of its processes under `/proc`: who listens at a port, who has a file open, whose child it is. Of
 * other users' processes only root sees the open files. On other systems all of it is empty.
 */
import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';

export interface RunningProcess {
  readonly pid: number;
  /** The command line, word by word. */
  readonly words: readonly string[];
}

export class Proc {
  readonly #root: string;

  constructor(root = '/proc') {
    this.#root = root;
  }

  async all(): Promise<readonly RunningProcess[]> {
    const names = await readdir(this.#root).catch(() => []);
    const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
    return Promise.all(pids.map(async (pid) => ({ pid, words: await this.#words(pid) })));
  }

  /** Processes that listen at this TCP port, as far as this user may see. */
  async listeners(port: number): Promise<readonly RunningProcess[]> {
    const inodes = new Set<string>();
    for (const table of ['net/tcp', 'net/tcp6']) {
      for (const line of (await this.#text(table)).split('\n').slice(1)) {
        const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
        if (state !== LISTENING || parseInt(local.split(':')[1] ?? '', 16) !== port) continue;
        if (inode !== undefined) inodes.add(`socket:[${inode}]`);
      }
    }
    return inodes.size === 0 ? [] : this.#having((target) => inodes.has(target));
  }

  /** Processes that have this file or device open, as far as this user may see. */
  async holders(path: string): Promise<readonly RunningProcess[]> {
    const real = await realpath(path).catch(() => path);
    return this.#having((target) => target === real);
  }

  /** Where relative paths of its command line begin. */
  async workingDirectory(pid: number): Promise<string | undefined> {
    return readlink(join(this.#root, String(pid), 'cwd')).catch(() => undefined);
  }

  /** The process itself first, then its parent, and so on. */
  async ancestors(pid: number): Promise<readonly RunningProcess[]> {
    const line: RunningProcess[] = [];
    for (let at = pid; at > 0 && line.length < MOST_ANCESTORS; at = await this.#parent(at)) {
      line.push({ pid: at, words: await this.#words(at) });
    }
    return line;
  }

  /** The systemd service that it belongs to. */
  async service(pid: number): Promise<string | undefined> {
    const groups = await this.#text(`${pid}/cgroup`);
    return /\/system\.slice\/(?:[^/\s]+\/)*([^/\s]+\.service)/.exec(groups)?.[1];
  }

  async #parent(pid: number): Promise<number> {
    // The name stands in brackets and may have brackets and blanks of its own.
    const [, fields = ''] = /^.*\)\s+(.*)$/s.exec(await this.#text(`${pid}/stat`)) ?? [];
    return Number(fields.split(' ')[1] ?? 0);
  }

  async #having(fits: (target: string) => boolean): Promise<readonly RunningProcess[]> {
    const found = await Promise.all(
      (await this.all()).map(async (process) => {
        const directory = join(this.#root, String(process.pid), 'fd');
        const names = await readdir(directory).catch(() => []);
        const targets = await Promise.all(
          names.map((name) => readlink(join(directory, name)).catch(() => '')),
        );
        return targets.some(fits) ? [process] : [];
      }),
    );
    return found.flat();
  }

  async #words(pid: number): Promise<readonly string[]> {
    return (await this.#text(`${pid}/cmdline`)).split('\0').filter((word) => word !== '');
  }

  #text(name: string): Promise<string> {
    return readFile(join(this.#root, name), 'utf8').catch(() => '');
  }
}

const LISTENING = '0A';
const MOST_ANCESTORS = 32;

/** `python3 (process 123)`. */
export function processName({ pid, words }: RunningProcess): string {
  const [command = '?', script] = words.map((word) => word.split('/').at(-1) ?? word);
  const shown = command === 'node' && script !== undefined ? `node ${script}` : command;
  return `${shown} (process ${pid})`;
}
