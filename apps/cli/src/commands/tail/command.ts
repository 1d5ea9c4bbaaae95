import { newCommand, type CommandDefinition } from '../define.js';

export interface TailOptions {
  readonly count?: string;
  readonly events?: boolean;
}

export const tailCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'tail',
    summary: 'Shows readings as they come, until Ctrl-C',
    details:
      'Listens to the live feed of acquisition ([acquisition] live_endpoint). It is for looking at: a reading that\n' +
      'is missed here is recorded all the same. With --json each line is the record as it is kept.',
    examples: [
      ['elmetron tail', 'readings and events'],
      ['elmetron tail -n 10', 'the next ten readings'],
      ['elmetron tail --json | jq .decoded.value', 'for another program'],
    ],
  })
    .option('-n, --count <number>', 'end after so many readings')
    .option('--no-events', 'readings only')
    .action(start<TailOptions, []>(async () => (await import('./tail-readings.js')).tailReadings));
