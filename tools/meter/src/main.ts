#!/usr/bin/env node
/**
 * The emulated meter as a process: options in, one meter, commands from standard input, what
 * happens as JSON lines on standard output, stopped by SIGTERM, SIGINT or a command.
 */
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseCommand } from './control/command.js';
import { parseOptions } from './control/options.js';
import { MeterError } from './meter-error.js';
import { Meter } from './meter.js';

const print = (event: object): void => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
};

const options = parseOptions(process.argv.slice(2));
const meter = await Meter.start({ ...options, announce: print }).catch(giveUp);
process.once('SIGTERM', () => void stop());
process.once('SIGINT', () => void stop());

let turn = Promise.resolve();
const commands = createInterface({ input: process.stdin });
// Its end means nothing: under a process manager there is no standard input.
commands.on('line', (line) => {
  turn = turn.then(() => carryOut(line)).catch(giveUp);
});

print({
  event: 'ready',
  path: options.path === undefined ? null : resolve(options.path),
  tcp: meter.tcpAddress ?? null,
  pid: process.pid,
});

async function carryOut(line: string): Promise<void> {
  if (line.trim() === '') return;
  try {
    const command = parseCommand(line);
    if (command.command === 'stop') await stop();
    else await meter.apply(command);
    print({ event: 'done', command: command.command });
  } catch (error) {
    if (!(error instanceof MeterError)) throw error;
    print({ event: 'refused', line, message: error.message });
  }
}

async function stop(): Promise<void> {
  await meter.stop().catch(giveUp);
  print({ event: 'stopped', polls: meter.polls, frames: meter.framesSent });
  process.exit(0);
}

function giveUp(error: unknown): never {
  if (!(error instanceof MeterError)) throw error;
  process.stderr.write(`meter: ${error.message}\n`);
  process.exit(2);
}
