/** How a test becomes a user who has no rights but to read the programs. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The words before a command line; undefined where that is not possible. */
export function asNobody(): readonly string[] | undefined {
  const under = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
  const program = fileURLToPath(new URL('../../../apps/cli/dist/main.js', import.meta.url));
  const [command = '', ...args] = under;
  return spawnSync(command, [...args, 'test', '-r', program]).status === 0 ? under : undefined;
}

/** NaN where there is no such group. */
export function groupId(name: string): number {
  const line = readFileSync('/etc/group', 'latin1')
    .split('\n')
    .find((group) => group.startsWith(`${name}:`));
  return Number(line?.split(':')[2]);
}
