/** What keeps this user from a serial port, found out without opening it: whoever opens a port takes it from who reads it. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import type { LinkError } from './link-error.js';
import { serialFailure } from './serial-failure.js';

/**
 * A LinkError `port_missing`, `port_forbidden` or `port_unsuitable` that says what to do; undefined: nothing that
 * shows from outside. Not for Windows, whose ports are no files.
 */
export async function portObstacle(path: string): Promise<LinkError | undefined> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    if ((await stat(path)).isCharacterDevice()) return undefined;
    return await serialFailure(path, new Error('no character device'));
  } catch (error) {
    return serialFailure(path, error instanceof Error ? error : new Error(String(error)));
  }
}
