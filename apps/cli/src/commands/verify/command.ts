import { newCommand, type CommandDefinition } from '../define.js';

export interface VerifyCommandOptions {
  readonly quick?: boolean;
}

export const verifyCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'verify',
    summary: 'Says whether buffers, archive and database are whole and agree',
    details:
      "Reads the databases to the end (SQLite's own check, each reading against its raw frame, the figures of\n" +
      'each session against its rows), then holds every record of archive and buffers against them. Changes\n' +
      'nothing, and may run beside a writer: what is in a buffer only is on its way. Exit code 1 when not whole.',
    examples: [
      ['elmetron verify', 'one line that says it, and below it what is wrong'],
      ['elmetron verify --quick', 'without reading every reading of the databases'],
      ['elmetron verify --json', 'with the figures of every file'],
    ],
  })
    .option('--quick', 'leave out what reads each database from end to end')
    .action(start<VerifyCommandOptions, []>(async () => (await import('./verify.js')).verify));
