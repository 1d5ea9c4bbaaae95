/**
 * Starts the writer under a process manager: first recovery, in a process of its own, then the writer in this
 * one, so that the process that is watched, signalled and restarted is the writer itself. As every start comes
 * through here, recovery runs before each of them, those after a crash included.
 *
 * Usage: node config/writer-with-recovery.mjs [--config FILE]
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const RECOVERY = new URL('../apps/recovery/dist/main.js', import.meta.url);
const WRITER = new URL('../apps/writer/dist/main.js', import.meta.url);

/** `stop_exit_codes` of ecosystem.config.cjs. */
const FINISHED = 90;
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** Runs recovery to its end; true when a signal asked for a stop meanwhile. */
function recover() {
  return new Promise((/** @type {(stopped: boolean) => void} */ resolve) => {
    const recovery = spawn(process.execPath, [fileURLToPath(RECOVERY), ...process.argv.slice(2)], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    let stopped = false;
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      stopped = true;
      recovery.kill(signal);
    };
    for (const signal of SIGNALS) process.on(signal, forward);

    const finish = (/** @type {string | undefined} */ failure) => {
      for (const signal of SIGNALS) process.off(signal, forward);
      if (failure !== undefined && !stopped) warn(failure);
      resolve(stopped);
    };
    recovery.once('error', (error) => finish(error.message));
    recovery.once('exit', (code, signal) =>
      finish(code === 0 ? undefined : `it ended with ${signal ?? `exit code ${String(code)}`}`),
    );
  });
}

/**
 * A line of the writer's log, in the form of all the others.
 * @param {string} failure
 */
function warn(failure) {
  const msg = `Recovery failed: ${failure}. The writer starts all the same; what was not recovered stays where it is.`;
  const line = { level: 40, time: new Date().toISOString(), pid: process.pid, name: 'writer', msg };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const stopped = await recover();
if (!stopped) {
  // The writer exits 0 when all its sources have gone to a newer writer, and must not be started again. PM2
  // cannot tell an exit 0 from a kill, which must be: so the end is given a code of its own.
  process.on('exit', (code) => {
    if (code === 0) process.exitCode = FINISHED;
  });
  await import(WRITER.href);
}
