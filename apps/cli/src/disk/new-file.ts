/**
 * How a file comes under its name: made under another one, and given its own when it is whole, without
 * taking the place of one that is there unless the person said so.
 */
import { link, rename, stat, unlink } from 'node:fs/promises';
import { CliError } from '../cli-error.js';

/** Where it is made; of this process alone. */
export function partialName(path: string): string {
  return `${path}.${process.pid}.partial`;
}

/** Throws CliError `refused`. @param wayOut what the person can do instead, as a sentence */
export async function refuseIfThere(path: string, wayOut = OVERWRITE): Promise<void> {
  if (await isThere(path)) throw refusal(path, wayOut);
}

/**
 * What would be in the way of a new file: with `force` only what is no file, such as a device or a pipe,
 * which a rename would take away for everybody. Throws CliError `refused`.
 */
export async function refuseToReplace(path: string, force: boolean): Promise<void> {
  if (!force) return refuseIfThere(path);
  const there = await stat(path).catch(() => undefined);
  if (there === undefined || there.isFile()) return;
  throw new CliError('refused', `${path} is no ordinary file. Give another name.`);
}

/** Throws CliError `refused` when somebody made one of this name meanwhile, and `force` is not said. */
export async function takeName(from: string, to: string, force: boolean): Promise<void> {
  if (force) {
    await rename(from, to);
    return;
  }
  try {
    // Unlike a rename it never takes the place of a file that somebody made meanwhile.
    await link(from, to);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw refusal(to);
    // A file system without links, such as that of a memory stick.
    if (await isThere(to)) throw refusal(to);
    await rename(from, to);
    return;
  }
  await unlink(from);
}

export async function unlinkIfThere(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error;
  });
}

/** What a failed write is to a person: which file, why, and the way out. */
export function notWritten(what: string, cause: unknown): CliError {
  const ways: Readonly<Record<string, string>> = {
    ENOENT: 'Make its directory first',
    ENOSPC: 'Make room on that disk, or write it to another one',
    EACCES: 'Write it where you may',
    EROFS: 'Write it to another disk',
  };
  const why = cause instanceof Error ? cause.message : String(cause);
  const way = ways[codeOf(cause) ?? ''] ?? 'Nothing was left of it';
  return new CliError('failed', `${what} (${why}). ${way}.`, { cause });
}

/** False also when that cannot be told. */
export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

const OVERWRITE = 'Give another name, or overwrite it with --force.';

function refusal(path: string, wayOut = OVERWRITE): CliError {
  return new CliError('refused', `${path} is there already. ${wayOut}`);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
