/**
 * npm test: everything that has to hold, from a fresh clone. Installs what is missing, then goes through the steps
 * below; a step that fails does not keep the later ones from being run.
 */
import './node-version.mjs';
import { CommandFailed, local, run } from './command.mjs';
import { install } from './install.mjs';
import { addUp, clearReports, reporters } from './test-reports.mjs';

/** @typedef {{ name: string, command: string[], show?: boolean }} Step */

/** Of every project; what is built already is not built again. @param {string} target @param {string} report */
function tests(target, report) {
  const how = ['--excludeTaskDependencies', '--output-style=static', reporters(report)];
  return local('nx/dist/bin/nx.js', 'run-many', '-t', target, ...how);
}

/** Steps beside each other, each after the one before it in its row: two processors, two rows. @type {Step[][]} */
const CHECKS = [
  [
    { name: 'format', command: local('prettier/bin/prettier.cjs', '--check', '.') },
    // One compiler for all projects: several times as fast as one for each.
    { name: 'build and types', command: local('typescript/bin/tsc', '--build') },
  ],
  // For the end-to-end tests, which open it in a browser.
  [
    {
      name: 'page',
      command: local(
        'nx/dist/bin/nx.js',
        'run',
        '@elmetron/dashboard:page',
        '--output-style=static',
      ),
    },
    {
      name: 'lint',
      command: local('nx/dist/bin/nx.js', 'run', '@elmetron/source:lint'),
    },
  ],
];

/** One after the other: they time what they test. @type {Step[]} */
const TESTS = [
  { name: 'unit tests', command: tests('test', 'unit'), show: true },
  { name: 'end to end', command: [...tests('e2e', 'e2e'), '--parallel=1'], show: true },
];

/** @param {string} line */
const say = (line) => void process.stdout.write(`${line}\n`);
const seconds = (/** @type {number} */ since) => `${((Date.now() - since) / 1000).toFixed(1)} s`;

/** @param {Step} step @returns {Promise<string>} how it went */
async function go({ name, command, show = false }) {
  const began = Date.now();
  if (show) say(`\n=== ${name}`);
  let result = 'ok    ';
  try {
    await run(name, command, { show });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    result = 'FAILED';
    say(`${error.output}\n`);
  }
  const line = `${result}  ${name} (${seconds(began)})`;
  say(line);
  return line;
}

/** @param {readonly Step[]} row */
async function inTurn(row) {
  const results = [];
  for (const step of row) results.push(await go(step));
  return results;
}

async function main() {
  const began = Date.now();
  await install(say);
  const installed = Date.now();
  clearReports();

  const checked = await Promise.all(CHECKS.map(inTurn));
  const results = [...checked.flat(), ...(await inTurn(TESTS))];
  const { passed, failed, skipped, failures } = addUp();
  // At the end, where a log that was cut short still has it.
  for (const failure of failures) say(`\nFAILED  ${failure}`);
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
