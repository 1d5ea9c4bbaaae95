/**
 * The guard's process: `guard-main.js DIR PM2_HOME`. When its standard input ends and it was not
 * dismissed, whatever of the run is still alive is ended, by the PM2_HOME that all its processes have
 * in their environment, and its directory is removed.
 */
import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { DISMISSED } from './guard.js';
import { ManagedProcesses } from './managed-processes.js';
import { send } from './proc.js';

const [dir = '', pm2Home = ''] = process.argv.slice(2);
process.on('SIGINT', () => undefined);

let said = '';
process.stdin.setEncoding('utf8').on('data', (text: string) => (said += text));
process.stdin.once('end', () => void takeOver());
process.stdin.once('error', () => void takeOver());

async function takeOver(): Promise<void> {
  if (said === DISMISSED) return;
  const managed = new ManagedProcesses(pm2Home);
  for (let tries = 0; tries < 200; tries++) {
    const left = managed.everybody();
    if (left.length === 0) break;
    for (const { pid } of left) send(pid, 'SIGKILL');
    await delay(50);
  }
  rmSync(dir, { recursive: true, force: true });
}
