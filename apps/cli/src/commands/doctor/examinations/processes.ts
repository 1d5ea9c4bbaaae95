/** What the processes say of themselves, each reason with its remedy, and whether one runs twice. */
import { resolve } from 'node:path';
import type { Answer, ProcessAnswers } from '@elmetron/report';
import { adviceFor, type Config } from '@elmetron/runtime';
import type { OwnProcess } from '../../../machine/own-processes.js';
import { findingsOf, type Finding, type Findings } from '../finding.js';

export function examineProcesses(
  { appPath }: Pick<Config, 'appPath'>,
  pages: ProcessAnswers,
  running: readonly OwnProcess[],
): readonly Finding[] {
  const findings = findingsOf('processes');
  for (const role of ['acquisition', 'writer'] as const) {
    const own = running.filter((one) => one.role === role && one.config === resolve(appPath));
    tell(role, pages[role], own.length > 0, findings);
    if (own.length < 2) continue;
    findings.wrong(
      'runs_twice',
      `${role} runs ${own.length} times with this configuration (processes ${own.map(({ pid }) => pid).join(', ')}).`,
      role === 'writer'
        ? 'Of two writers one ends by itself when the other takes over; if both stay, end the older one.'
        : 'End one of them: they get into the way of each other at the port and the endpoints.',
    );
  }
  return findings.all;
}

function tell(role: keyof ProcessAnswers, answer: Answer, runs: boolean, findings: Findings): void {
  switch (answer.state) {
    case 'answers': {
      const { status, reasons } = answer.page;
      if (reasons.length === 0) findings.ok(`${role} runs, ${status}`);
      for (const { code, message } of reasons) {
        findings.wrong(code, `${role}: ${message}`, adviceFor(code) ?? 'Look at its log.');
      }
      return;
    }
    case 'off':
      findings.note(
        'no_health_page',
        `${role}: its health page is switched off ([monitoring]), so nobody is told when it is not well.`,
      );
      return;
    case 'silent':
      if (runs) {
        findings.wrong(
          'no_answer',
          `${role} runs, but its health page ${answer.why}.`,
          'Look at its log; start it again if it stays so. What it has taken is safe.',
        );
      } else {
        findings.note(
          'not_running',
          `${role} does not run.`,
          'Start it: npm start, pm2 or systemd.',
        );
      }
      return;
    case 'foreign':
    // Told as a conflict of endpoints.
  }
}
