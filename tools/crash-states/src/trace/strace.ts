/**
 * Runs a program under strace. `-D` makes strace the stranger and leaves the program our own child,
 * so that signals reach it and its exit is its own.
 */
import { spawnSync } from 'node:child_process';
import { CrashStatesError } from '../crash-states-error.js';
import { HARMLESS_CALLS } from './syscalls.js';

export interface Injection {
  /** As strace's `-e inject=`: `fdatasync:error=EIO:when=3`. */
  readonly inject: string;
}

/** Throws CrashStatesError `strace_missing` with what to do about it. */
export function requireStrace(): void {
  const version = spawnSync('strace', ['--version'], { encoding: 'utf8' });
  if (version.error !== undefined || version.status !== 0) {
    throw new CrashStatesError(
      'strace_missing',
      'strace was not found: the writes and syncs of the processes cannot be recorded without it. Install it with `apt-get install strace` (Debian, Ubuntu) or `dnf install strace` (Fedora); it exists for Linux only.',
    );
  }
  const trial = spawnSync('strace', ['-f', '--seccomp-bpf', '-o', '/dev/null', 'true'], {
    encoding: 'utf8',
  });
  if (trial.status !== 0) {
    throw new CrashStatesError(
      'strace_missing',
      `strace cannot trace here (${trial.stderr.trim()}). In a container allow the capability SYS_PTRACE; on a machine set kernel.yama.ptrace_scope to 0 or 1. It has to be version 5.3 or newer.`,
    );
  }
}

/** The command that runs another one and writes its calls to `output`; complete once that has ended and its output is closed. */
export function straceCommand(output: string, injection?: Injection): string[] {
  const silent = HARMLESS_CALLS.map((name) => `?${name}`).join(',');
  return [
    'strace',
    ...['-D', '-f', '--seccomp-bpf', '-y', '-xx', '-ttt', '-s', '100000000', '-o', output],
    ...['-e', `trace=!${silent}`, '-e', 'signal=none'],
    ...(injection === undefined ? [] : ['-e', `inject=${injection.inject}`]),
  ];
}
