/**
 * A program as a hook: gets the notice as JSON on its standard input, and the commonest of it as
 * environment for a shell script. Exit code 0 says that it has been told.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { AlarmNotice, Hook } from './notice.js';

/** Of what it complains on standard error, so much is kept for the log. */
const COMPLAINT_BYTES = 500;
/** Only there a process that is apart from ours is the head of a group. */
const GROUPS = process.platform !== 'win32';

/** @param command the program, then its arguments; no shell comes between. */
export function commandHook([program = '', ...args]: readonly string[]): Hook {
  return (notice, signal) =>
    new Promise((resolve, reject) => {
      // Its own group: a script that hangs hangs in a program that it has started.
      const child = spawn(program, args, {
        stdio: ['pipe', 'ignore', 'pipe'],
        env: { ...process.env, ...environment(notice) },
        detached: GROUPS,
        windowsHide: true,
      });
      let complaint = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaint = (complaint + text).slice(-COMPLAINT_BYTES);
      });
      // It need not read what it is given.
      child.stdin.on('error', () => undefined).end(`${JSON.stringify(notice)}\n`);
      child.once('error', reject);
      const end = (): void => {
        kill(child);
      };
      signal.addEventListener('abort', end);
      // 'exit' rather than 'close': a program left in the background may hold the pipe for ever.
      child.once('exit', (code, by) => {
        signal.removeEventListener('abort', end);
        child.stderr.destroy();
        const words = complaint.trim().replace(/\s+/g, ' ');
        const said = words === '' ? '' : `: ${words}`;
        if (code === 0) resolve();
        else reject(new Error(`${program} ended with ${by ?? `exit code ${String(code)}`}${said}`));
      });
    });
}

function environment(notice: AlarmNotice): NodeJS.ProcessEnv {
  const names = ['event', 'message', 'source', 'session', 'serial', 'alarm', 'unit', 'value'];
  return Object.fromEntries(
    names.map((name) => [`ELMETRON_${name.toUpperCase()}`, String(notice[name] ?? '')]),
  );
}

function kill(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  try {
    if (GROUPS) process.kill(-pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // It has ended in this moment.
  }
}
