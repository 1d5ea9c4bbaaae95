/**
 * The path at which hosts find the pseudo-terminal of the moment: a symbolic link, replaced in one
 * step, so that whoever opens it meets the old one or the new one and never nothing.
 */
import { lstatSync, mkdirSync, readlinkSync, renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import { MeterError } from '../meter-error.js';

/** A link that a killed meter left is replaced; anything else there is somebody's: `path_taken`. */
export function offer(path: string, device: string): void {
  const made = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === false) {
      throw new MeterError(
        'path_taken',
        `${path} exists and is no symbolic link; it is left alone. Remove it, or give --path another place.`,
      );
    }
    symlinkSync(device, made);
    renameSync(made, path);
  } catch (cause) {
    if (cause instanceof MeterError) throw cause;
    throw new MeterError(
      'no_terminal',
      `The pseudo-terminal cannot be offered at ${path} (${String(cause)}). Give --path another place.`,
      { cause },
    );
  }
}

/** Removes the link, unless another meter has set its own there meanwhile. */
export function withdraw(path: string, device: string): void {
  try {
    if (readlinkSync(path) === device) unlinkSync(path);
  } catch {
    // Somebody removed it already, which is what was wanted.
  }
}
