/** Said at the start, of a page that others than this computer may open. */
import type { Log } from '@elmetron/protocol';
import { isLoopback, type AppConfig } from '@elmetron/runtime';

type Settings = Pick<AppConfig['dashboard'], 'host' | 'port' | 'allowed_hosts'>;

export function tellWhatIsOpen({ host, port, allowed_hosts }: Settings, log: Log): void {
  const where = [...(isLoopback(host) ? [] : [`${host}:${port}`]), ...allowed_hosts];
  if (where.length === 0) return;
  log.warn(
    { host, port, allowed_hosts },
    `The page is open to everyone who reaches it at ${where.join(', ')} and knows the token: all readings, logs and notes to read, notes to write, and nothing of it encrypted by this process`,
  );
}
