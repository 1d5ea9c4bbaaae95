/** The network ports of the configuration: taken by somebody else, or promised to two configurations. */
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ProcessAnswers } from '@elmetron/report';
import { loadConfig, RuntimeError, type AppConfig, type Config } from '@elmetron/runtime';
import type { OwnProcess } from '../../../machine/own-processes.js';
import { processName, type Proc } from '../../../machine/proc.js';
import { isTaken } from '../../../machine/taken-port.js';
import { findingsOf, type Finding, type Findings } from '../finding.js';

interface Endpoint {
  readonly key: string;
  readonly port: number;
  readonly role: 'acquisition' | 'writer';
}

export async function examineEndpoints(
  config: Config,
  pages: ProcessAnswers,
  proc: Proc,
  running: readonly OwnProcess[],
): Promise<readonly Finding[]> {
  const findings = findingsOf('endpoints');
  for (const endpoint of endpointsOf(config.app)) {
    await examineEndpoint(endpoint, config, pages, proc, running, findings);
  }
  await examineNeighbours(config, findings);
  if (findings.all.length === 0) {
    const ports = endpointsOf(config.app).map(({ port }) => port);
    findings.ok(`ports ${ports.join(', ')}: ours, or free`);
  }
  return findings.all;
}

function endpointsOf({ acquisition, monitoring }: AppConfig): readonly Endpoint[] {
  const role = 'acquisition';
  return [
    { key: 'acquisition.endpoint', port: portOf(acquisition.endpoint), role } as const,
    { key: 'acquisition.live_endpoint', port: portOf(acquisition.live_endpoint), role } as const,
    { key: 'monitoring.acquisition_port', port: monitoring.acquisition_port, role } as const,
    { key: 'monitoring.writer_port', port: monitoring.writer_port, role: 'writer' } as const,
  ].filter(({ port }) => port > 0);
}

/** 0 for one without a port (ipc). */
function portOf(endpoint: string): number {
  return Number(/^tcp:\/\/.*:(\d+)$/.exec(endpoint)?.[1] ?? 0);
}

async function examineEndpoint(
  { key, port, role }: Endpoint,
  config: Config,
  pages: ProcessAnswers,
  proc: Proc,
  running: readonly OwnProcess[],
  findings: Findings,
): Promise<void> {
  if (!(await isTaken(port))) return;
  const listeners = await proc.listeners(port);
  const own = running.filter(({ pid }) => listeners.some((listener) => listener.pid === pid));
  if (own.some((one) => one.role === role && one.config === resolve(config.appPath))) return;
  const [other] = own;
  if (other !== undefined) {
    findings.wrong(
      'endpoint_of_ours',
      `Port ${port} (${key}) is taken by ${other.role} with ${other.config} (process ${other.pid}).`,
      `Give one of the two configurations another port.`,
    );
    return;
  }
  // Nothing to be seen of who listens there: as good as it says who it is.
  if (listeners.length === 0 && saysItIsOurs(role, config.app, pages)) return;
  const name = listeners.length === 0 ? 'another program' : listeners.map(processName).join(', ');
  findings.wrong(
    'endpoint_taken',
    `Port ${port} (${key}) is taken by ${name}.`,
    `End that program, or set another port: ${key}${key === 'acquisition.endpoint' ? ' and [writer] sources' : ''}.`,
  );
}

function saysItIsOurs(role: Endpoint['role'], app: AppConfig, pages: ProcessAnswers): boolean {
  const answer = pages[role];
  if (answer.state !== 'answers') return false;
  return role === 'writer' || answer.page['source'] === app.acquisition.source;
}

/** Other configurations in the same directory: two that share a port, a meter or a spool cannot run side by side. */
async function examineNeighbours(config: Config, findings: Findings): Promise<void> {
  const mine = exclusiveOf(config.app);
  for (const path of await neighbours(config)) {
    const theirs = exclusiveOf(tolerantly(path));
    const shared = mine.filter(({ value }) => theirs.some((other) => other.value === value));
    for (const { key, value } of shared) {
      const other = theirs.find((one) => one.value === value)?.key ?? key;
      findings.wrong(
        'shared_with_neighbour',
        `${key} (${value.replace(/^\w+ /, '')}) is the same as ${other} of ${path}: the two cannot run side by side.`,
        `Change one of them, or move ${path} away if it is not used.`,
      );
    }
  }
}

async function neighbours({ appPath, protocolsPath }: Config): Promise<readonly string[]> {
  const directory = dirname(appPath);
  const own = [resolve(appPath), resolve(protocolsPath)];
  return (await readdir(directory))
    .filter((name) => name.endsWith('.toml'))
    .map((name) => join(directory, name))
    .filter((path) => !own.includes(resolve(path)))
    .sort();
}

/** One that nothing would start with is in nobody's way. */
function tolerantly(path: string): AppConfig | undefined {
  try {
    return loadConfig(path).app;
  } catch (error) {
    if (error instanceof RuntimeError) return undefined;
    throw error;
  }
}

/** What only one running configuration can have. */
function exclusiveOf(app: AppConfig | undefined): readonly { key: string; value: string }[] {
  if (app === undefined) return [];
  const { device, acquisition } = app;
  const meter = /^(?:auto|emulator)$/.test(device.port)
    ? []
    : [{ key: 'device.port', value: `port ${device.port}` }];
  return [
    ...endpointsOf(app).map(({ key, port }) => ({ key, value: `tcp ${port}` })),
    ...meter,
    {
      key: 'acquisition.spool_dir and source',
      value: `spool ${resolve(acquisition.spool_dir, acquisition.source)}`,
    },
  ];
}
