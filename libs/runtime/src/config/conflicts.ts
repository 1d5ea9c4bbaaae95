/** Values of app.toml that are right each by itself, but not together. */
import { resolve } from 'node:path';
import type { ConfigProblem } from '../errors.js';
import type { AppConfig } from './app-schema.js';
import { isLoopback } from './dashboard-schema.js';
import { shown } from './problems.js';

interface Pair {
  readonly key: string;
  readonly other: string;
  /** What stands there, and what stands at the other key, in a form that can be compared. */
  readonly values: (app: AppConfig) => readonly [unknown, unknown];
  readonly why: string;
}

const MUST_DIFFER: readonly Pair[] = [
  {
    key: 'acquisition.live_endpoint',
    other: 'acquisition.endpoint',
    values: ({ acquisition: a }) => [a.live_endpoint, a.endpoint],
    why: 'each stream has a socket of its own',
  },
  {
    key: 'storage.demo_database_path',
    other: 'storage.database_path',
    values: ({ storage: s }) => [resolve(s.demo_database_path), resolve(s.database_path)],
    why: 'readings of the emulated meter stay apart from real ones',
  },
  {
    key: 'acquisition.spool_dir',
    other: 'storage.captures_dir',
    values: ({ acquisition: a, storage: s }) => [resolve(a.spool_dir), resolve(s.captures_dir)],
    why: 'spool and buffers are cleared by different processes',
  },
  {
    key: 'monitoring.writer_port',
    other: 'monitoring.acquisition_port',
    // 0 is off, and may be off for both.
    values: ({ monitoring: m }) => [m.writer_port || undefined, m.acquisition_port],
    why: 'each process has a health page of its own',
  },
  {
    key: 'dashboard.port',
    other: 'monitoring.acquisition_port',
    values: ({ dashboard: d, monitoring: m }) => [d.port || undefined, m.acquisition_port],
    why: 'the page and a health page each have a port of their own',
  },
  {
    key: 'dashboard.port',
    other: 'monitoring.writer_port',
    values: ({ dashboard: d, monitoring: m }) => [d.port || undefined, m.writer_port],
    why: 'the page and a health page each have a port of their own',
  },
];

/** `replaced`: keys where a default stands in, which have their own problem already. */
export function conflicts(
  file: string,
  app: AppConfig,
  replaced: ReadonlySet<string>,
): ConfigProblem[] {
  const same = MUST_DIFFER.filter(
    ({ key, other }) => !replaced.has(key) && !replaced.has(other),
  ).flatMap(({ key, other, values, why }) => {
    const [value, otherValue] = values(app);
    if (value !== otherValue) return [];
    return [
      { file, key, found: shown(value), allowed: `must not be the same as ${other}: ${why}` },
    ];
  });
  return [...same, ...openToEverybody(file, app, replaced)];
}

/** A page that others reach, also by way of a proxy, has to ask who they are. */
function openToEverybody(
  file: string,
  { dashboard: { port, host, token, allowed_hosts } }: AppConfig,
  replaced: ReadonlySet<string>,
): ConfigProblem[] {
  if (port === 0 || token !== '' || replaced.has('dashboard.token')) return [];
  const other = allowed_hosts.find((name) => !isLoopback(withoutPort(name)));
  if (isLoopback(host) && other === undefined) return [];
  const because = isLoopback(host)
    ? `dashboard.allowed_hosts has ${shown(other)}`
    : `dashboard.host is ${shown(host)}`;
  const allowed =
    `must be a text of at least 16 characters while ${because}: ` +
    'everyone who reaches the page there would read all readings, logs and notes, and write notes, ' +
    'and what is sent is not encrypted by it';
  return [{ file, key: 'dashboard.token', found: shown(token), allowed }];
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
}
