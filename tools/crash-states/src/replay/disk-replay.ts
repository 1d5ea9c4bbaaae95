/**
 * Carries out on the model of a disk what a traced process did to the real one. A call changes the
 * model when it begins (it may have got that far when the power goes) and is finished when it ends
 * (only then does a sync that begins later cover it); a sync covers what had ended when it began,
 * and what it covers is certain when it ends.
 *
 * What is not known here and touches the recorded directory is an error: a change that the model
 * does not know of would make every state behind it wrong.
 */
import { CrashStatesError } from '../crash-states-error.js';
import type { Disk, Pending } from '../disk/disk.js';
import type { Call } from '../trace/calls.js';
import { bytesOf, descriptorOf, type Descriptor } from '../trace/trace-line.js';
import { FileTable, type OpenNode } from './file-table.js';

/** What is to be done when the call ends; true when the disk may be another from then on. */
export type Ending = () => boolean;

const NOTHING: Ending = () => false;

export class DiskReplay {
  readonly #disk: Disk;
  readonly #directory: string;
  readonly #files = new FileTable();

  /** @param directory the recorded one, absolute; the process was started in it */
  constructor(disk: Disk, directory: string) {
    this.#disk = disk;
    this.#directory = directory;
  }

  /** Throws CrashStatesError `unknown_call`, `bad_trace`. */
  begin(call: Call): Ending {
    const failed = call.result !== undefined && call.result < 0;
    switch (call.name) {
      case 'open':
        return this.#open(call, this.#inside(call.args[0]), call.args[1]);
      case 'openat':
        return this.#open(call, this.#inside(call.args[1], call.args[0]), call.args[2]);
      case 'close':
        // Its number is free from the beginning of the call on.
        this.#files.closed(fdOf(call.args[0]) ?? -1);
        return NOTHING;
      case 'dup':
      case 'dup2':
      case 'dup3':
      case 'fcntl':
        return this.#double(call);
      case 'lseek':
        return this.#seek(call);
      case 'fsync':
      case 'fdatasync':
        return this.#sync(call);
      case 'mmap':
        return this.#map(call);
    }
    if (WITHOUT_CHANGE.has(call.name)) return NOTHING;
    if (NEVER.has(call.name)) throw this.#unknown(call);
    const change = this.#changes[call.name] ?? this.#elsewhere;
    return failed ? NOTHING : this.#issued(change(call));
  }

  #open(call: Call, path: string | undefined, flags = ''): Ending {
    const succeeded = call.result === undefined || call.result >= 0;
    if (path === undefined || !succeeded || isShared(path)) return NOTHING;
    if (/O_TMPFILE|O_PATH/.test(flags)) throw this.#unknown(call);
    let node = this.#disk.find(path);
    let change: Pending | undefined;
    if (node === undefined) {
      if (!flags.includes('O_CREAT')) throw this.#lost(call, path);
      ({ node, change } = this.#disk.create(path, false));
    } else if (flags.includes('O_TRUNC') && this.#disk.lengthOf(node) > 0) {
      change = this.#disk.setLength(node, 0);
    }
    const file: OpenNode = { path, node, appends: flags.includes('O_APPEND'), position: 0 };
    return () => {
      if (call.result !== undefined) this.#files.opened(call.result, file);
      if (change !== undefined) this.#disk.returned(change);
      return change !== undefined;
    };
  }

  #double(call: Call): Ending {
    const from = fdOf(call.args[0]);
    const copies = call.name !== 'fcntl' || call.args[1]?.startsWith('F_DUPFD') === true;
    if (!copies || from === undefined || call.result === undefined || call.result < 0)
      return NOTHING;
    const to = call.result;
    return () => {
      this.#files.doubled(from, to);
      return false;
    };
  }

  #seek(call: Call): Ending {
    const file = this.#fileOf(call.args[0]);
    return () => {
      if (file !== undefined && call.result !== undefined && call.result >= 0) {
        file.position = call.result;
      }
      return false;
    };
  }

  #sync(call: Call): Ending {
    const file = this.#fileOf(call.args[0]);
    if (file === undefined) return NOTHING;
    const sync = this.#disk.beginSync(file.node);
    return () => {
      this.#disk.endSync(sync, call.result === 0);
      return true;
    };
  }

  /** SQLite shares its index of the log (`-shm`), which is made anew after a crash; nothing else may be shared. */
  #map(call: Call): Ending {
    const [, , protection = '', flags = '', fd] = call.args;
    const writes = protection.includes('PROT_WRITE') && flags.includes('MAP_SHARED');
    if (writes && this.#fileOf(fd) !== undefined) throw this.#unknown(call);
    return NOTHING;
  }

  readonly #write = (call: Call): Pending | undefined => {
    const file = this.#fileOf(call.args[0]);
    if (file === undefined || diedBefore(call)) return undefined;
    const bytes = this.#taken(call, textOf(call));
    const at = file.appends ? this.#disk.lengthOf(file.node) : file.position;
    file.position = at + bytes.length;
    return this.#disk.write(file.node, at, bytes);
  };

  readonly #writeAt = (call: Call): Pending | undefined => {
    const file = this.#fileOf(call.args[0]);
    if (file === undefined || diedBefore(call)) return undefined;
    if (file.appends) throw this.#unknown(call);
    return this.#disk.write(file.node, Number(call.args[3]), this.#taken(call, textOf(call)));
  };

  readonly #truncate = (call: Call): Pending | undefined => {
    const file = this.#fileOf(call.args[0]);
    return file && this.#disk.setLength(file.node, Number(call.args[1]));
  };

  readonly #rename = (call: Call): Pending | undefined => {
    const at = call.name !== 'rename';
    const { args } = call;
    if (args.length > 4 && args[4] !== '0' && args[4] !== 'RENAME_NOREPLACE')
      throw this.#unknown(call);
    const from = this.#inside(args[at ? 1 : 0], at ? args[0] : undefined);
    const to = this.#inside(args[at ? 3 : 1], at ? args[2] : undefined);
    if (from === undefined && to === undefined) return undefined;
    if (from === undefined || to === undefined) throw this.#unknown(call);
    if (isShared(from)) return undefined;
    return this.#disk.rename(from, to);
  };

  readonly #unlink = (call: Call): Pending | undefined => {
    const at = call.name === 'unlinkat';
    const path = this.#inside(call.args[at ? 1 : 0], at ? call.args[0] : undefined);
    return path === undefined || isShared(path) ? undefined : this.#disk.unlink(path);
  };

  readonly #mkdir = (call: Call): Pending | undefined => {
    const at = call.name === 'mkdirat';
    const path = this.#inside(call.args[at ? 1 : 0], at ? call.args[0] : undefined);
    return path === undefined ? undefined : this.#disk.create(path, true).change;
  };

  /** Any other call, on something else than the recorded directory. */
  readonly #elsewhere = (call: Call): undefined => {
    const touches = call.args.some(
      (argument) => this.#isInside(descriptorOf(argument)) || this.#inside(argument) !== undefined,
    );
    if (touches) throw this.#unknown(call);
  };

  readonly #changes: Readonly<Record<string, (call: Call) => Pending | undefined>> = {
    write: this.#write,
    pwrite64: this.#writeAt,
    ftruncate: this.#truncate,
    rename: this.#rename,
    renameat: this.#rename,
    renameat2: this.#rename,
    unlink: this.#unlink,
    unlinkat: this.#unlink,
    rmdir: this.#unlink,
    mkdir: this.#mkdir,
    mkdirat: this.#mkdir,
  };

  #issued(change: Pending | undefined): Ending {
    if (change === undefined) return NOTHING;
    return () => {
      this.#disk.returned(change);
      return true;
    };
  }

  /** Of a call that never returned, all of it may have been done. */
  #taken(call: Call, bytes: Buffer): Buffer {
    return call.result === undefined ? bytes : bytes.subarray(0, call.result);
  }

  /** The file or directory of a descriptor; undefined when it is none of the recorded directory. */
  #fileOf(argument: string | undefined): OpenNode | undefined {
    const descriptor = argument === undefined ? undefined : descriptorOf(argument);
    if (descriptor === undefined || !this.#isInside(descriptor)) return undefined;
    const file = this.#files.get(descriptor.fd);
    if (file === undefined) {
      throw new CrashStatesError(
        'bad_trace',
        `Descriptor ${descriptor.fd} was not seen to be opened`,
      );
    }
    return file;
  }

  #isInside(descriptor: Descriptor | undefined): boolean {
    const path = descriptor && this.#below(descriptor.path.replace(/ \(deleted\)$/, ''));
    return path !== undefined && !isShared(path);
  }

  /** The path below the recorded directory; undefined when it leads elsewhere or is none. */
  #inside(argument: string | undefined, at?: string): string | undefined {
    if (argument?.startsWith('"') !== true) return undefined;
    const path = bytesOf(argument).toString();
    if (path.startsWith('/')) return this.#below(path);
    const base = at === undefined ? this.#directory : descriptorOf(at)?.path;
    return base === undefined ? undefined : this.#below(`${base}/${path}`);
  }

  #below(path: string): string | undefined {
    const parts: string[] = [];
    for (const part of path.split('/')) {
      if (part === '..') parts.pop();
      else if (part !== '' && part !== '.') parts.push(part);
    }
    const full = `/${parts.join('/')}`;
    if (full === this.#directory) return '';
    return full.startsWith(`${this.#directory}/`)
      ? full.slice(this.#directory.length + 1)
      : undefined;
  }

  #unknown({ name, args }: Call): CrashStatesError {
    const shown = args.map((argument) =>
      argument.length > 60 ? `${argument.slice(0, 60)}…` : argument,
    );
    return new CrashStatesError(
      'unknown_call',
      `The model of the disk does not know what ${name}(${shown.join(', ')}) may do to a file. Teach it (replay/disk-replay.ts), or list the call as harmless (trace/syscalls.ts).`,
    );
  }

  #lost({ name }: Call, path: string): CrashStatesError {
    return new CrashStatesError(
      'bad_trace',
      `${name} found ${path}, which the model does not have`,
    );
  }
}

/** Owners, times and modes are no part of what is promised; sockets are looked at elsewhere. */
const WITHOUT_CHANGE: ReadonlySet<string> = new Set(
  'chmod fchmod fchmodat chown fchown lchown fchownat utimensat umask execve chdir sendto recvfrom'.split(
    ' ',
  ),
);

/** Ways to change a file that do not name it. */
const NEVER: ReadonlySet<string> = new Set(
  'io_uring_setup io_uring_enter io_setup io_submit mount umount2 pivot_root chroot'.split(' '),
);

/** The index of the write-ahead log: SQLite makes it anew after a crash and never syncs it. */
function isShared(path: string): boolean {
  return path.endsWith('-shm');
}

function fdOf(argument: string | undefined): number | undefined {
  if (argument === undefined) return undefined;
  return descriptorOf(argument)?.fd ?? (/^\d+$/.test(argument) ? Number(argument) : undefined);
}

/** Where the bytes should be stands their address: the process was dead when strace came to read them, and wrote nothing. */
function diedBefore({ result, args }: Call): boolean {
  return result === undefined && args[1]?.startsWith('"') !== true;
}

function textOf(call: Call): Buffer {
  const [, bytes = ''] = call.args;
  return bytesOf(bytes);
}
