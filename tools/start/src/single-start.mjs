/**
 * One npm start at a time in one copy of the project. Held by a socket that only a living process can answer on:
 * what a killed one leaves behind is a file that nobody listens to.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { SOCKETS } from './project.mjs';

/**
 * Whether a process listens at `path`.
 * @param {string} path
 * @returns {Promise<boolean>}
 */
export function answers(path) {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/**
 * @param {string} path
 * @returns {Promise<(() => void) | undefined>} gives the claim back; undefined when another process has it
 */
export async function claim(path) {
  mkdirSync(SOCKETS, { recursive: true, mode: 0o700 });
  const first = await listen(path);
  if (first !== undefined) return first;
  if (await answers(path)) return undefined;
  rmSync(path, { force: true });
  return listen(path);
}

/**
 * @param {string} path
 * @returns {Promise<(() => void) | undefined>}
 */
function listen(path) {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => {
      // Keeps no process alive that has nothing else to do.
      server.unref();
      resolve(() => void server.close());
    });
  });
}
