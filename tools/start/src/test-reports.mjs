/** Counts the tests of all the runs that one npm test makes: Vitest writes a report for each project and step. */
import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ROOT } from './project.mjs';

/** Of a failure, at the end; all of it stands where the test ran. */
const SHOWN_LINES = 8;
const FOLDERS = ['apps', 'libs', 'tools'];

/** Vitest's arguments that make it write its report, beside what it prints. @param {string} step */
export const reporters = (step) =>
  `--args=--reporter=default --reporter=json --outputFile.json=test-reports/${step}.json`;

function reportFolders() {
  return FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder)).map((project) => join(ROOT, folder, project, 'test-reports')),
  ).filter((folder) => existsSync(folder));
}

/** Takes away what an earlier run has left, so that only this one is counted. */
export function clearReports() {
  for (const folder of reportFolders()) rmSync(folder, { recursive: true });
}

/**
 * All reports together, and what each failed test said first. A test file that could not even be loaded
 * counts as one that failed.
 */
export function addUp() {
  const total = { passed: 0, failed: 0, skipped: 0, failures: /** @type {string[]} */ ([]) };
  for (const folder of reportFolders()) {
    for (const file of readdirSync(folder)) {
      const report = readReport(join(folder, file));
      total.passed += report.numPassedTests;
      total.failed += report.numFailedTests + report.testResults.filter(isUnloadable).length;
      total.skipped += report.numPendingTests + report.numTodoTests;
      total.failures.push(...report.testResults.flatMap(failuresOf));
    }
  }
  return total;
}

/**
 * @typedef {{ status: string, fullName: string, failureMessages?: string[] | null }} TestResult
 * @typedef {{ name: string, status: string, message?: string, assertionResults: TestResult[] }} FileResult
 * @typedef {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: FileResult[] }} Report
 */

/** @param {string} path */
function readReport(path) {
  return /** @type {Report} */ (JSON.parse(readFileSync(path, 'utf8')));
}

/** What each failed test of a file said first. @param {FileResult} file @returns {string[]} */
export function failuresOf(file) {
  const where = relative(ROOT, file.name);
  if (isUnloadable(file)) return [`${where}\n${beginning(file.message)}`];
  return file.assertionResults
    .filter(({ status }) => status === 'failed')
    .map(
      ({ fullName, failureMessages }) =>
        `${where}: ${fullName}\n${beginning(failureMessages?.[0])}`,
    );
}

/** The first lines, without the places in the code. @param {string | undefined} message */
function beginning(message = 'no reason given') {
  const lines = message.split('\n').filter((line) => !/^\s+at /.test(line));
  return lines
    .slice(0, SHOWN_LINES)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** @param {FileResult} file */
const isUnloadable = ({ status, assertionResults }) =>
  status === 'failed' && assertionResults.length === 0;
