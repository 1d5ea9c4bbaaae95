/** The page that people look at. Nothing that is recorded depends on it, so that nothing about it is wrong. */
import { resolve } from 'node:path';
import { pageUrl, reachedAt, type Config } from '@elmetron/runtime';
import type { OwnProcess } from '../../../machine/own-processes.js';
import { processName, type Proc } from '../../../machine/proc.js';
import { isTaken } from '../../../machine/taken-port.js';
import { findingsOf, type Finding } from '../finding.js';

export async function examinePage(
  { app, appPath }: Pick<Config, 'app' | 'appPath'>,
  proc: Proc,
  running: readonly OwnProcess[],
): Promise<readonly Finding[]> {
  const findings = findingsOf('page');
  const { port, host } = app.dashboard;
  if (port === 0) {
    findings.ok('none (dashboard.port is 0)');
    return findings.all;
  }
  const pages = running.filter(({ role }) => role === 'dashboard');
  if (!(await isTaken(port, reachedAt(host)))) {
    findings.ok(`port ${port} is free`);
    return findings.all;
  }
  const listeners = await proc.listeners(port);
  const own = pages.find(({ pid }) => listeners.some((listener) => listener.pid === pid));
  if (own?.config === resolve(appPath)) findings.ok(pageUrl(host, port));
  else if (own !== undefined) {
    findings.note(
      'page_of_ours',
      `Port ${port} (dashboard.port) has the page of ${own.config} (process ${own.pid}).`,
      `One page shows several meters: name ${resolve(appPath)} in dashboard.benches there, and set dashboard.port = 0 here.`,
    );
  } else if (listeners.length > 0) {
    findings.note(
      'page_port_taken',
      `Port ${port} (dashboard.port) is taken by ${listeners.map(processName).join(', ')}: the page waits for it.`,
      'End that program, or set another dashboard.port.',
    );
  } else {
    findings.ok(`somebody whom this user cannot see listens at port ${port}`);
  }
  return findings.all;
}
