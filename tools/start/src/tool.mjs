/**
 * npm run chaos, npm run crash-states: a program of tools/, from a fresh clone. Its arguments and its exit code are
 * the program's own, and so is its answer to Ctrl-C: this process only waits for its end.
 *
 * Usage: node tools/start/src/tool.mjs NAME [ARGUMENT ...]
 */
import './node-version.mjs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { installAndBuild } from './build.mjs';
import { CommandFailed } from './command.mjs';
import { ROOT } from './project.mjs';

/** To standard error: what the program prints may be read by another one. @param {string} line */
const say = (line) => void process.stderr.write(`${line}\n`);

/** @param {string} name @param {string[]} args @returns {Promise<number>} the exit code */
function runTool(name, args) {
  return new Promise((resolve, reject) => {
    const entry = join(ROOT, 'tools', name, 'dist', 'main.js');
    const tool = spawn(process.execPath, [entry, ...args], { cwd: ROOT, stdio: 'inherit' });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      // A Ctrl-C on the terminal reaches the program without us; a signal to this process alone does not.
      process.on(signal, () => {
        if (!process.stdin.isTTY) tool.kill(signal);
      });
    }
    tool.once('error', reject);
    tool.once('close', (code) => resolve(code ?? 1));
  });
}

const [name = '', ...args] = process.argv.slice(2);
try {
  await installAndBuild(say);
  process.exitCode = await runTool(name, args);
} catch (error) {
  if (!(error instanceof CommandFailed)) throw error;
  say(`${error.output}\n${error.message}`);
  process.exitCode = 1;
}
