/** `elmetron recover`: the recovery job as the process that it is, with its output and its exit code. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CliError } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import type { RebuildOptions, RecoverOptions } from './command.js';

/** Beside this program; no code of it is part of this one. */
const RECOVERY = fileURLToPath(new URL('../../../../recovery/dist/main.js', import.meta.url));

export async function recover(
  context: CommandContext,
  { dryRun }: RecoverOptions,
): Promise<ExitCode> {
  return run(context, [...flag('--dry-run', dryRun)]);
}

export async function rebuild(
  context: CommandContext,
  { dryRun, replace, into, only }: RebuildOptions,
): Promise<ExitCode> {
  return run(context, [
    'rebuild',
    ...flag('--dry-run', dryRun),
    ...flag('--replace', replace),
    ...(into === undefined ? [] : ['--into', into]),
    ...(only === undefined ? [] : ['--only', only]),
  ]);
}

function flag(name: string, set: boolean | undefined): string[] {
  return set === true ? [name] : [];
}

async function run(
  { voice, signal, configPath }: CommandContext,
  words: readonly string[],
): Promise<ExitCode> {
  if (!existsSync(RECOVERY)) {
    throw new CliError('failed', `There is no ${RECOVERY}; run "npm run build" first.`);
  }
  const args = [...words, '--config', configPath, ...flag('--json', voice.json)];
  const job = spawn(process.execPath, [RECOVERY, ...args], {
    // It draws its own bar where there is a terminal, and logs to standard error where there is none.
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  // A Ctrl-C reaches it by itself, this command's own SIGTERM does not; it heeds the first one only.
  const stop = () => job.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const [code, killed] = (await once(job, 'close')) as [number | null, NodeJS.Signals | null];
    if (signal.aborted) throw new CliError('interrupted', 'Interrupted; the same command goes on.');
    return asExitCode(code, killed);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

function asExitCode(code: number | null, killed: NodeJS.Signals | null): ExitCode {
  if (code === EXIT.ok || code === EXIT.wrong || code === EXIT.usage) return code;
  const how = code === null ? `was ended by ${killed ?? 'a signal'}` : `ended with ${code}`;
  throw new CliError('failed', `The recovery ${how}; run it again, it goes on where it was.`);
}
