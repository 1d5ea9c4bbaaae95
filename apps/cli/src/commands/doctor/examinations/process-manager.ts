/** Whether what runs is started again after a crash, and after the computer was switched off. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { OwnProcess } from '../../../machine/own-processes.js';
import { findingsOf, type Finding } from '../finding.js';

/** @param home of the user whose PM2 is looked at */
export async function examineProcessManager(
  appPath: string,
  running: readonly OwnProcess[],
  home: string,
): Promise<readonly Finding[]> {
  const findings = findingsOf('process manager');
  const own = running.filter(
    ({ config, role }) => config === resolve(appPath) && role !== 'recovery',
  );
  const alone = own.filter(({ keptBy }) => keptBy.kind === 'nobody');
  if (alone.length > 0) {
    findings.note(
      'not_managed',
      `${alone.map(({ role, pid }) => `${role} (process ${pid})`).join(' and ')}: started by hand, and not started again after a crash.`,
      'Run them under PM2 or systemd: docs/operations.md.',
    );
  }
  for (const { role, keptBy } of own) {
    if (keptBy.kind === 'systemd')
      findings.ok(`${role} is kept running by systemd (${keptBy.unit})`);
  }
  const byPm2 = own.filter(({ keptBy }) => keptBy.kind === 'pm2').map(({ role }) => role);
  if (byPm2.length > 0) {
    findings.ok(`${byPm2.join(' and ')}: kept running by PM2`);
    if (!(await remembered(home))) {
      findings.note(
        'not_saved',
        'PM2 does not know yet what to start when the computer has been switched off.',
        'pm2 save; pm2 startup',
      );
    }
  }
  if (own.length === 0) {
    findings.note('nothing_runs', 'Nothing runs with this configuration, as far as can be seen.');
  }
  return findings.all;
}

/** `pm2 save` writes what runs into this file. */
async function remembered(home: string): Promise<boolean> {
  const dump = await readFile(join(home, '.pm2', 'dump.pm2'), 'utf8').catch(() => '');
  return dump.includes('writer-with-recovery') || dump.includes('apps/acquisition');
}
