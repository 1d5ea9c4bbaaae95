import { newCommand, type CommandDefinition } from '../define.js';

export interface StatusOptions {
  /** Seconds between two looks; true when only the option's name was given. */
  readonly watch?: string | true;
}

export const statusCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'status',
    summary: 'Shows at one glance what runs, what is measured and whether it is safe',
    details:
      'Asks the health pages of acquisition and writer ([monitoring] of the configuration) and looks at\n' +
      'database, buffers and disks. Exit code 0 when both run and are well, 1 otherwise.',
    examples: [
      ['elmetron status', 'once'],
      ['elmetron status --watch', 'live, until Ctrl-C'],
      ['elmetron status --watch 10 --json', 'a line of JSON every ten seconds'],
      ['elmetron status -c config/bench-2.toml', 'of another configuration'],
    ],
  })
    .option('-w, --watch [seconds]', 'look again and again, every second unless said')
    .action(start<StatusOptions, []>(async () => (await import('./show-status.js')).showStatus));
