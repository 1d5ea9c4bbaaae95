/** The port of the meter: is it there, may this user open it, does another program have it. It is not opened. */
import {
  EMULATOR_PATH,
  isMeterAdapter,
  LinkError,
  listPorts,
  portObstacle,
  type ListedPort,
} from '@elmetron/link';
import type { OwnProcess } from '../../../machine/own-processes.js';
import { processName, type Proc } from '../../../machine/proc.js';
import { findingsOf, type Finding, type Findings } from '../finding.js';

export async function examineDevice(
  port: string,
  proc: Proc,
  running: readonly OwnProcess[],
  list: () => Promise<readonly ListedPort[]> = listPorts,
): Promise<readonly Finding[]> {
  const findings = findingsOf('device');
  if (port.startsWith('tcp://')) {
    findings.ok(
      `${port}: a serial server, not asked (it may serve one at a time); "elmetron probe"`,
    );
  } else if (port === 'auto') {
    const path = await adapter(list, findings);
    if (path !== undefined) await examinePort(path, proc, running, findings);
  } else if (port !== 'emulator') {
    await examinePort(port, proc, running, findings);
  } else if ((await portObstacle(EMULATOR_PATH))?.code === 'port_missing') {
    findings.note(
      'meter_not_emulated',
      `The emulated meter does not run (nothing at ${EMULATOR_PATH}).`,
      '"npm start" starts it; for a real meter set [device] port.',
    );
  } else {
    findings.ok(`the emulated meter, at ${EMULATOR_PATH}`);
  }
  return findings.all;
}

async function adapter(
  list: () => Promise<readonly ListedPort[]>,
  findings: Findings,
): Promise<string | undefined> {
  let ports: readonly ListedPort[];
  try {
    ports = await list();
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    findings.wrong(error.code, error.message, 'Name the port: [device] port.');
    return undefined;
  }
  const [first, ...others] = ports.filter(isMeterAdapter);
  if (first === undefined) {
    const there = ports.map(({ path }) => path).join(', ');
    findings.wrong(
      'port_missing',
      `No FTDI adapter is plugged in (other ports: ${there === '' ? 'none' : there}).`,
      'Plug the meter in, or name its port: [device] port.',
    );
    return undefined;
  }
  if (others.length > 0) {
    findings.note(
      'several_adapters',
      `${others.length + 1} FTDI adapters are plugged in, and "auto" takes ${first.path}.`,
      'Name the one that is meant: [device] port.',
    );
  }
  return first.path;
}

async function examinePort(
  path: string,
  proc: Proc,
  running: readonly OwnProcess[],
  findings: Findings,
): Promise<void> {
  // The ports of Windows are no files, and only opening them tells.
  if (process.platform === 'win32') {
    findings.note('port_not_examined', `${path}: "elmetron probe" tells whether it opens.`);
    return;
  }
  const obstacle = await portObstacle(path);
  if (obstacle !== undefined) {
    const [what = '', ...advice] = obstacle.message.split(/: (?=\S)/);
    findings.wrong(obstacle.code, `${what}.`, sentence(advice.join(': ')));
    return;
  }
  const ours = new Set(running.map(({ pid }) => pid));
  const others = (await proc.holders(path)).filter(({ pid }) => !ours.has(pid));
  if (others.length > 0) {
    findings.wrong(
      'port_busy',
      `${path} is held by another program: ${others.map(processName).join(', ')}.`,
      'End that program, or name another port: [device] port.',
    );
    return;
  }
  findings.ok(`${path} is there, and this user may open it`);
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
