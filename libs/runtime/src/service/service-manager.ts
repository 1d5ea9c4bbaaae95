/**
 * Tells systemd how a process is: that it runs now, that it is alive, that it stops. Node has no datagram
 * sockets of Unix, and a native module in a process that records is no price for three words: systemd's own
 * `systemd-notify` says them. The unit needs `NotifyAccess=all`, as they come from a child of the process.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What systemd has put into the environment of the process that it has started. */
export interface ServiceEnvironment {
  /** Where it listens. */
  readonly notifySocket: string;
  /** It wants to be told that the process is alive at least so often; undefined: it does not. */
  readonly watchdogMs: number | undefined;
}

/** Rejects when systemd could not be told. */
export type Notify = (state: 'READY=1' | 'WATCHDOG=1' | 'STOPPING=1') => Promise<void>;

const run = promisify(execFile);

/** A call that has not ended by then will not. */
const WITHIN_MS = 10_000;

/**
 * Takes what systemd has left out of `env`, so that no child (a hook, a job) speaks in the name of this
 * process. Undefined when it was not systemd, or not with `Type=notify`.
 */
export function takeServiceEnvironment(
  env: NodeJS.ProcessEnv,
  pid: number,
): ServiceEnvironment | undefined {
  const { NOTIFY_SOCKET: notifySocket, WATCHDOG_USEC: usec, WATCHDOG_PID: watched } = env;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'])
    Reflect.deleteProperty(env, name);
  if (notifySocket === undefined || notifySocket === '') return undefined;
  const meant = watched === undefined || Number(watched) === pid;
  const microseconds = Number(usec);
  const wants = meant && Number.isInteger(microseconds) && microseconds > 0;
  return { notifySocket, watchdogMs: wants ? microseconds / 1000 : undefined };
}

/** Each call rejects when `systemd-notify` is missing or fails. */
export function notifier({ notifySocket }: ServiceEnvironment): Notify {
  return async (state) => {
    const env = { ...process.env, NOTIFY_SOCKET: notifySocket };
    await run('systemd-notify', [state], { env, timeout: WITHIN_MS });
  };
}
