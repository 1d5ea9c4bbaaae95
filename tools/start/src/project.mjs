/** Where things are: all that npm start writes lies below `data`. */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
export const PM2_HOME = join(ROOT, 'data', 'pm2');
export const LOGS = join(ROOT, 'data', 'logs');

const id = createHash('sha256').update(ROOT).digest('hex').slice(0, 16);
// A Unix socket's path holds 103 bytes at most on macOS, 107 on Linux.
const fits = Buffer.byteLength(join(PM2_HOME, 'interactor.sock')) <= 100;

/** The directory of the sockets by which PM2 and npm start are reached. */
export const SOCKETS = fits ? PM2_HOME : join(tmpdir(), `elmetron-${id}`);

/** Bound by npm start as long as it lives. */
export const START_SOCKET =
  process.platform === 'win32' ? `\\\\.\\pipe\\elmetron-${id}` : join(SOCKETS, 'start.sock');
