/**
 * What PM2 runs: `pm2 start config/ecosystem.config.cjs`.
 *
 * PM2 is a program beside ours, never a part of it: each process is plain `node` (interpreter "none"), so that
 * nothing of PM2 is loaded into it.
 *
 * ELMETRON_CONFIG  another configuration than config/app.toml. The processes are then named after the file
 *                  (bench-2.toml: acquisition-bench-2 ...), so that several run under one PM2.
 * ELMETRON_WRITER  another name for the writer's process, to start a second one that takes over from the first:
 *                  ELMETRON_WRITER=writer-b pm2 start config/ecosystem.config.cjs --only writer-b
 */
const { mkdirSync, readFileSync } = require('node:fs');
const { basename, join, resolve } = require('node:path');
const { parse } = require('smol-toml');

const root = resolve(__dirname, '..');
const configFile = resolve(root, process.env['ELMETRON_CONFIG'] ?? 'config/app.toml');
const bench = basename(configFile, '.toml');
const suffix = bench === 'app' ? '' : `-${bench}`;
const writerName = process.env['ELMETRON_WRITER'] ?? `writer${suffix}`;

const logs = join(root, 'data', 'logs');
mkdirSync(logs, { recursive: true });

/**
 * @param {string} name
 * @param {string} script from the project's root
 * @param {string[]} args
 */
function app(name, script, args) {
  return {
    name,
    script: process.execPath,
    interpreter: 'none',
    args: [join(root, script), ...args],
    // Paths in the configuration are relative to the working directory.
    cwd: root,
    autorestart: true,
    watch: false,
    // 10 ms, then half as much again with every exit, up to 15 s; PM2 starts over once a process has run for
    // 30 s. No number of crashes makes it give up.
    exp_backoff_restart_delay: 10,
    max_restarts: 1_000_000_000,
    // A process stops in order within 5 s.
    kill_timeout: 6000,
    // The writer's launcher hands signals on by itself; PM2's own way needs `ps` and tells a child twice.
    treekill: false,
    out_file: join(logs, `${name}.log`),
    error_file: join(logs, `${name}.log`),
    merge_logs: true,
  };
}

const settings = parse(readFileSync(configFile, 'utf8'));

/** @param {string} table */
function portOf(table) {
  return /** @type {{ port?: unknown } | undefined} */ (settings[table])?.port;
}

const emulated = (portOf('device') ?? 'emulator') === 'emulator';
// 0: no page, or one of another configuration shows this meter too.
const page = portOf('dashboard') !== 0;

const config = ['--config', configFile];
module.exports = {
  apps: [
    ...(emulated ? [app(`meter${suffix}`, 'tools/meter/dist/main.js', [])] : []),
    app(`acquisition${suffix}`, 'apps/acquisition/dist/main.js', config),
    {
      ...app(writerName, 'config/writer-with-recovery.mjs', config),
      // How the launcher says that the writer has finished for good. Not 0: PM2 takes a kill for an exit 0.
      stop_exit_codes: [90],
    },
    ...(page ? [app(`dashboard${suffix}`, 'apps/dashboard/dist/main.js', config)] : []),
  ],
};
