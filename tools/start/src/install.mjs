/** Installs what is missing, and only then: says what it does, and what to do when it cannot. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailed, run } from './command.mjs';
import { ROOT } from './project.mjs';

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean, extraneous?: boolean }} Locked
 * @typedef {{ packages: Record<string, Locked> }} LockFile
 */

/**
 * The packages that the lock file names and that are not installed as it says. npm notes what it has installed
 * in node_modules/.package-lock.json; a package for another platform is not in there.
 * @param {LockFile} lock
 * @param {LockFile} installed
 * @returns {string[]}
 */
export function missingPackages(lock, installed) {
  return Object.entries(lock.packages)
    .filter(([path]) => path.includes('node_modules/'))
    .filter(([path, wanted]) => {
      const found = installed.packages[path];
      if (found === undefined) return wanted.optional !== true;
      return found.version !== wanted.version || found.integrity !== wanted.integrity;
    })
    .map(([path]) => path);
}

/** @param {string} path @returns {LockFile | undefined} */
function readLock(path) {
  return existsSync(path)
    ? /** @type {LockFile} */ (JSON.parse(readFileSync(path, 'utf8')))
    : undefined;
}

function isInstalled() {
  const lock = readLock(join(ROOT, 'package-lock.json'));
  const installed = readLock(join(ROOT, 'node_modules', '.package-lock.json'));
  if (lock === undefined || installed === undefined) return false;
  const gone = Object.keys(installed.packages).filter((path) => !existsSync(join(ROOT, path)));
  return missingPackages(lock, installed).length === 0 && gone.length === 0;
}

/** npm as it was started, else the one on the path. @param {...string} args */
function npm(...args) {
  const cli = process.env['npm_execpath'];
  if (cli?.endsWith('.js')) return [process.execPath, cli, ...args];
  return [process.platform === 'win32' ? 'npm.cmd' : 'npm', ...args];
}

const ADDONS = {
  'libs/storage': 'better-sqlite3',
  'libs/protocol': 'zeromq',
  'apps/acquisition': 'serialport',
};

/** Loads the compiled packages in a process of their own; the error where one does not. */
async function addonFailure() {
  const loads = Object.entries(ADDONS).map(
    ([from, name]) => `createRequire(${JSON.stringify(`${ROOT}${from}/`)})('${name}')`,
  );
  const script = `const { createRequire } = require('node:module'); new (${loads[0]})(':memory:'); ${loads.join(';')}`;
  try {
    await run('loading the compiled packages', [process.execPath, '-e', script]);
    return undefined;
  } catch (error) {
    if (error instanceof CommandFailed) return error;
    throw error;
  }
}

/**
 * @param {(line: string) => void} say
 * @param {AbortSignal} [signal] gives up
 */
export async function install(say, signal) {
  const options = signal === undefined ? {} : { signal };
  if (!isInstalled()) {
    say(
      'Installing the packages of package-lock.json (npm ci; the first time one to three minutes) ...',
    );
    await run('npm ci', npm('ci'), options).catch(explain);
  }
  if ((await addonFailure()) === undefined) return;
  // Built for another version of Node, or by an npm that was told to run no install scripts.
  say(`Building better-sqlite3 for Node ${process.versions.node} (about a minute) ...`);
  await run('npm rebuild', npm('rebuild', 'better-sqlite3'), options).catch(explain);
  const failure = await addonFailure();
  if (failure !== undefined) throw failure;
}

/**
 * @param {unknown} error
 * @returns {never}
 */
function explain(error) {
  if (!(error instanceof CommandFailed)) throw error;
  error.message += `\n\n${advice(error.output)}`;
  throw error;
}

/** What to do about an install that failed with this output. @param {string} output */
export function advice(output) {
  if (/gyp ERR!|node-gyp|not found: make|C\+\+|cmake/i.test(output)) {
    return [
      'better-sqlite3 (the database) is compiled here when there is no ready-made binary of it for this system,',
      'or when it cannot be downloaded. That needs a C++ compiler, make and Python 3:',
      '  Debian, Ubuntu   sudo apt-get install build-essential python3',
      '  Fedora, RHEL     sudo dnf install gcc-c++ make python3',
      '  Alpine           apk add build-base python3 linux-headers',
      '  macOS            xcode-select --install',
      '  Windows          Visual Studio Build Tools, workload "Desktop development with C++", and Python 3',
      'Then run the same command again.',
    ].join('\n');
  }
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|network/i.test(output)) {
    return 'The package registry cannot be reached. Check the network (npm config get registry, proxy), then run the same command again.';
  }
  if (/EUSAGE|in sync/i.test(output)) {
    return 'package.json and package-lock.json do not fit together: run npm install and commit the lock file.';
  }
  if (/EACCES|EPERM/i.test(output)) {
    return 'Files here may not be written or removed. Check who owns this folder, and that nothing runs from it.';
  }
  if (/ENOSPC/i.test(output)) return 'The disk is full.';
  return 'The output above says why. When it is fixed, run the same command again.';
}
