import { newCommand, type CommandDefinition } from '../define.js';

export const doctorCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'doctor',
    summary: 'Looks for what is wrong, and says what to do about it',
    details:
      'Configuration, port of the meter, processes and what keeps them running, network ports, disks and how\n' +
      'long they take to sync, what crashes have left, clock, versions. Changes nothing, but for a small file\n' +
      'in each directory of data that is written, synced and removed again. Exit code 1 when something is wrong.',
    examples: [
      ['elmetron doctor', 'before the first start, and whenever something seems odd'],
      ['elmetron doctor --json', 'every finding with its code, in one line'],
      ['elmetron doctor -c config/bench-2.toml', 'of another configuration'],
    ],
  }).action(start<Record<never, never>, []>(async () => (await import('./examine.js')).doctor));
