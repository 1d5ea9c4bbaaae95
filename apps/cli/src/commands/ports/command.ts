import { newCommand, type CommandDefinition } from '../define.js';

export const portsCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'ports',
    summary: 'Lists the serial ports of this computer, and which look like a meter',
    examples: [
      ['elmetron ports', 'with vendor and serial number of each adapter'],
      ['elmetron ports --json', 'one object a line'],
    ],
  }).action(start(async () => (await import('./list-ports.js')).showPorts));
