/** Runs a command to its end, showing its output or keeping it for when it is needed. */
import { spawn } from 'node:child_process';
import { ROOT } from './project.mjs';

/** What a command that failed left behind. */
export class CommandFailed extends Error {
  /**
   * @param {string} message
   * @param {string} output the last of what it printed; empty when it was shown
   */
  constructor(message, output) {
    super(message);
    this.output = output;
  }
}

/**
 * @param {string} name what to call it in an error
 * @param {string[]} command the program and its arguments
 * @param {{ show?: boolean, env?: Record<string, string>, signal?: AbortSignal, apart?: boolean }} [options]
 *   `signal` ends it; with `apart` a Ctrl-C on the terminal does not reach it
 * @returns {Promise<string>} what it printed, where it was not shown
 */
export function run(name, command, { show = false, env = {}, signal, apart = false } = {}) {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: show ? 'inherit' : ['ignore', 'pipe', 'pipe'],
      ...(signal === undefined ? {} : { signal }),
      detached: apart,
      windowsHide: true,
    });
    let output = '';
    const keep = (/** @type {string} */ text) => {
      output = (output + text).slice(-1_000_000);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    child.once('error', (error) => reject(new CommandFailed(`${name}: ${error.message}`, output)));
    child.once('close', (code, killedBy) => {
      if (code === 0) resolve(output);
      else reject(new CommandFailed(`${name}: ${killedBy ?? `exit code ${code}`}`, output));
    });
  });
}

/**
 * A program of a package of ours, run by this Node: no shell, and the same on every platform.
 * @param {string} bin its path below node_modules
 * @param {string[]} args
 */
export function local(bin, ...args) {
  return [process.execPath, `${ROOT}node_modules/${bin}`, ...args];
}
