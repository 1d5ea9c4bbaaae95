/** The end of a process's log, for a person: what it said since it was started, without the JSON around it. */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';

/** @param {string} path */
export const sizeOf = (path) => (existsSync(path) ? statSync(path).size : 0);

/**
 * @param {string} path
 * @param {number} from bytes that were there before
 * @param {number} lines
 */
export function tail(path, from, lines) {
  const size = sizeOf(path);
  const start = Math.max(from, size - 65_536);
  if (size <= start) return [];
  const bytes = Buffer.alloc(size - start);
  const file = openSync(path, 'r');
  try {
    readSync(file, bytes, 0, bytes.length, start);
  } finally {
    closeSync(file);
  }
  return bytes.toString('utf8').trimEnd().split('\n').slice(-lines).map(readable);
}

const LEVELS = new Map([
  [10, 'trace'],
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
  [60, 'fatal'],
]);

/** @param {string} line */
function readable(line) {
  try {
    const { level, msg, err } =
      /** @type {{ level?: number, msg?: string, err?: { stack?: string } }} */ (JSON.parse(line));
    if (msg === undefined) return line;
    return [`${LEVELS.get(level ?? 30) ?? level}: ${msg}`, err?.stack].filter(Boolean).join('\n');
  } catch {
    return line;
  }
}
