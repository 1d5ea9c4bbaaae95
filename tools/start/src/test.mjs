/**
 * npm test: everything that has to hold, from a fresh clone. Installs what is missing, then goes through the steps
 * below; a step that fails does not keep the later ones from being run.
 */
import './node-version.mjs';
import { CommandFailed, local, run } from './command.mjs';
import { install } from './install.mjs';
import { addUp, clearReports, reporters } from './test-reports.mjs';

/** @param {...string} args */
const nx = (...args) => local('nx/dist/bin/nx.js', ...args, '--output-style=static');

/** @type {{ name: string, command: string[], show?: boolean }[]} */
const STEPS = [
  { name: 'format', command: local('prettier/bin/prettier.cjs', '--check', '.') },
  { name: 'build and types', command: nx('run-many', '-t', 'build', 'typecheck') },
  { name: 'lint', command: nx('run', '@elmetron/source:lint') },
  { name: 'unit tests', command: nx('run-many', '-t', 'test', reporters('unit')), show: true },
  { name: 'end to end', command: nx('run-many', '-t', 'e2e', reporters('e2e')), show: true },
];

/** @param {string} line */
const say = (line) => void process.stdout.write(`${line}\n`);
const seconds = (/** @type {number} */ since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** @param {(typeof STEPS)[number]} step @returns {Promise<string>} how it went */
async function go({ name, command, show = false }) {
  const began = Date.now();
  say(`\n=== ${name}`);
  try {
    await run(name, command, { show });
    return `ok      ${name} (${seconds(began)})`;
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    if (!show) say(error.output);
    return `FAILED  ${name} (${seconds(began)})`;
  }
}

async function main() {
  const began = Date.now();
  await install(say);
  const installed = Date.now();
  clearReports();

  const results = [];
  for (const step of STEPS) {
    const result = await go(step);
    say(result);
    results.push(result);
  }
  const { passed, failed, skipped } = addUp();
  say(['', ...results].join('\n'));
  say(`\nInstall ${((installed - began) / 1000).toFixed(1)} s, the rest ${seconds(installed)}.`);
  say(`\n${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
  process.exitCode = results.every((result) => result.startsWith('ok')) && failed === 0 ? 0 : 1;
}

await main().catch((/** @type {unknown} */ error) => {
  if (!(error instanceof CommandFailed)) throw error;
  process.stderr.write(`${error.output}\n${error.message}\n`);
  process.exitCode = 1;
});
