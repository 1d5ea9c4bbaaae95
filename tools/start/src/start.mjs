/**
 * npm start: from a fresh clone to running processes, and back. Until the packages are installed it uses nothing
 * but Node. Reading on: process-manager.mjs runs the processes, running.mjs watches them.
 */
import './node-version.mjs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { installAndBuild } from './build.mjs';
import { CommandFailed } from './command.mjs';
import { healthUrl, siteUrl } from './health.mjs';
import { sizeOf } from './log-tail.mjs';
import { takenPorts } from './ports.mjs';
import { isRunning, startAll, stopAll } from './process-manager.mjs';
import { LOGS, ROOT, START_SOCKET } from './project.mjs';
import { ProcessFailed, reportChanges, untilUp } from './running.mjs';
import { claim } from './single-start.mjs';

/** @typedef {import('@elmetron/runtime').AppConfig} AppConfig */

const USAGE = `Usage: npm start [-- --config FILE]
Installs what is missing, builds, and runs the capture under PM2 until Ctrl-C.
  --config FILE   instead of config/app.toml`;

/** @param {string} line */
const say = (line) => void process.stdout.write(`${line}\n`);

/** @param {string} message @param {number} code @returns {number} */
function fail(message, code = 1) {
  process.stderr.write(`\n${message}\n`);
  return code;
}

/** @param {string} configFile @param {AbortSignal} signal */
async function prepare(configFile, signal) {
  await installAndBuild(say, signal);
  if (signal.aborted) return undefined;
  const { loadConfig } = await import('@elmetron/runtime');
  return loadConfig(configFile).app;
}

/** @param {AppConfig} app @param {string} configFile @param {AbortSignal} signal */
async function capture(app, configFile, signal) {
  if (await isRunning()) {
    say('Processes of an npm start that was killed are still running; they are stopped first.');
    await stopAll(say);
  }
  const taken = await takenPorts(app);
  if (taken.capture.length > 0) {
    return fail(
      `Not started: ${taken.capture.join('; ')}.\nAnother copy of this project, perhaps? Stop it, or set other ports in ${relative(ROOT, configFile)}.`,
    );
  }
  for (const sentence of taken.page) {
    say(
      `No page for now: ${sentence}. The capture goes on without it; see [dashboard] in ${relative(ROOT, configFile)}.`,
    );
  }
  const suffix = suffixOf(configFile);
  const emulated = app.device.port === 'emulator';
  const watched = [
    ...(emulated ? [{ name: `meter${suffix}`, port: 0 }] : []),
    { name: `acquisition${suffix}`, port: app.monitoring.acquisition_port },
    { name: `writer${suffix}`, port: app.monitoring.writer_port },
    ...pageOf(app, suffix, taken.page.length > 0),
  ];
  const logSizes = new Map(watched.map(({ name }) => [name, sizeOf(join(LOGS, `${name}.log`))]));
  try {
    await startAll({ ELMETRON_CONFIG: configFile });
    const without = await untilUp(watched, logSizes, say, signal);
    if (!signal.aborted) {
      say(
        summary(
          app,
          configFile,
          watched.some(({ name, spare }) => spare && !without.has(name)),
        ),
      );
      await reportChanges(watched, say, signal);
    }
  } finally {
    await stopAll(say);
    say('Everything is stopped.');
  }
  return 0;
}

/**
 * The page, when there is one; while its port is taken it waits for it, and is not waited for.
 * @param {AppConfig} app @param {string} suffix @param {boolean} isTaken
 * @returns {import('./running.mjs').Watched[]}
 */
function pageOf({ dashboard: { port, host } }, suffix, isTaken) {
  if (port === 0) return [];
  return [{ name: `dashboard${suffix}`, port: isTaken ? 0 : port, host, spare: true }];
}

/** As in config/ecosystem.config.cjs: several configurations run side by side. @param {string} configFile */
function suffixOf(configFile) {
  const name = /([^/\\]+?)(\.toml)?$/.exec(configFile)?.[1] ?? 'app';
  return name === 'app' ? '' : `-${name}`;
}

/** What a person wants to know once it runs. @param {AppConfig} app @param {string} configFile @param {boolean} hasPage */
function summary({ device, acquisition, storage, monitoring, dashboard }, configFile, hasPage) {
  const emulated = device.port === 'emulator';
  const database = emulated ? storage.demo_database_path : storage.database_path;
  const config = relative(ROOT, configFile);
  /** @param {number} port */
  const health = (port) => (port === 0 ? '' : `   ${healthUrl(port)}`);
  const real = `port = "auto" (an FTDI adapter), "/dev/ttyUSB0", "COM3" or "tcp://host:port"`;
  return [
    '',
    `Elmetron captures from ${emulated ? 'an emulated meter' : device.port}. Ctrl-C stops everything in order.`,
    '',
    ...(hasPage ? [`  page         ${siteUrl(dashboard.port, dashboard.host)}`] : []),
    `  acquisition  polls the meter, keeps in ${acquisition.spool_dir} what is not yet safe${health(monitoring.acquisition_port)}`,
    `  writer       stores by way of ${storage.captures_dir}/ in ${database}${health(monitoring.writer_port)}`,
    `  logs         data/logs, or: npm run pm2 -- logs`,
    '',
    emulated
      ? `No instrument is connected: these readings are marked as emulated and kept apart.\nFor a real meter set ${real} under [device] in ${config}, and start again.`
      : `The port is set under [device] in ${config}: ${real}, or "emulator".`,
    '',
  ].join('\n');
}

/** @returns {Promise<number>} the exit code */
async function main() {
  const { values } = parseArgs({
    options: { config: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) {
    say(USAGE);
    return 0;
  }
  const configFile = resolve(
    ROOT,
    values.config ?? process.env['ELMETRON_CONFIG'] ?? 'config/app.toml',
  );

  const release = await claim(START_SOCKET);
  if (release === undefined) {
    return fail(
      'It is running already: another npm start of this folder has not ended. Stop that one with Ctrl-C first.',
    );
  }
  const stop = new AbortController();
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => stop.abort());
  }
  // A closed terminal must not keep the processes from being stopped.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  try {
    const app = await prepare(configFile, stop.signal);
    return app === undefined || stop.signal.aborted
      ? 0
      : await capture(app, configFile, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    say('Stopped before it ran.');
    return 0;
  } finally {
    release();
  }
}

process.exitCode = await main().catch((/** @type {unknown} */ error) => {
  if (error instanceof CommandFailed) {
    const end = error.output.trimEnd().split('\n').slice(-30).join('\n');
    return fail([end, error.message].filter(Boolean).join('\n\n'));
  }
  if (error instanceof ProcessFailed) return fail(error.message);
  if (!(error instanceof Error)) throw error;
  // What the configuration says wrong, or the command line: its own words are enough.
  if ('code' in error) return fail(error.message, 2);
  return fail(error.stack ?? error.message);
});
