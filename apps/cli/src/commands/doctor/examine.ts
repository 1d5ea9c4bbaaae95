/** `elmetron doctor`: every examination, one after the other, and what they come to. */
import { homedir } from 'node:os';
import { askProcesses } from '@elmetron/report';
import type { Config } from '@elmetron/runtime';
import type { CommandContext } from '../../context.js';
import { throwIfInterrupted } from '../../cli-error.js';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import { ownProcesses } from '../../machine/own-processes.js';
import { Proc } from '../../machine/proc.js';
import { doctorLines } from './doctor-text.js';
import { examineClock } from './examinations/clock.js';
import { examineConfiguration } from './examinations/configuration.js';
import { examineDevice } from './examinations/device.js';
import { examineDisks } from './examinations/disks.js';
import { examineEndpoints } from './examinations/endpoints.js';
import { examineLeftovers } from './examinations/leftovers.js';
import { examinePage } from './examinations/page.js';
import { examineProcesses } from './examinations/processes.js';
import { examineProcessManager } from './examinations/process-manager.js';
import { examineVersions } from './examinations/versions.js';
import type { Finding } from './finding.js';

export async function doctor({
  voice,
  clock,
  signal,
  configPath,
  env,
}: CommandContext): Promise<ExitCode | undefined> {
  const now = clock.now();
  const { config, findings } = examineConfiguration(configPath);
  const all: Finding[] = [...findings];
  if (config !== undefined) all.push(...(await withConfiguration(config, now, env, signal)));
  throwIfInterrupted(signal);
  all.push(
    ...(await examineClock(config?.app.storage, clock)),
    ...(await examineVersions(config?.app.storage, process.versions.node)),
  );
  const ok = all.every(({ level }) => level !== 'wrong');
  if (voice.json) voice.value({ at: new Date(now).toISOString(), ok, findings: all });
  else for (const line of doctorLines(all, voice.colours)) voice.line(line);
  return ok ? undefined : EXIT.wrong;
}

async function withConfiguration(
  config: Config,
  now: number,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const { device, monitoring } = config.app;
  const proc = new Proc();
  const running = await ownProcesses(proc);
  const pages = await askProcesses(monitoring, signal);
  return [
    ...(await examineDevice(device.port, proc, running)),
    ...examineProcesses(config, pages, running),
    ...(await examineProcessManager(config.appPath, running, env['HOME'] ?? homedir())),
    ...(await examineEndpoints(config, pages, proc, running)),
    ...(await examinePage(config, proc, running)),
    ...(await examineDisks(config.app)),
    ...(await examineLeftovers(config, pages, now)),
  ];
}
