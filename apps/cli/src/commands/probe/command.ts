import { newCommand, type CommandDefinition } from '../define.js';

export interface ProbeOptions {
  readonly profile?: string;
  readonly baud?: string;
}

export const probeCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'probe',
    summary: 'Asks a meter once and shows its answer, or says why there is none',
    details:
      'Opens the port with the line settings of the profile, as acquisition does, and polls it. What is wrong is told\n' +
      'apart: no such port, held by another program, no permission (with the group to join), silence, bytes that are\n' +
      'no frame (another speed, or another device). Exit code 0: a reading came.',
    examples: [
      ['elmetron probe', 'the port of the configuration'],
      ['elmetron probe /dev/ttyUSB0', 'this one'],
      ['elmetron probe tcp://192.168.1.20:4001', 'behind a serial server'],
      ['elmetron probe COM3 --baud 9600', 'at another speed'],
    ],
  })
    .argument('[port]', '"/dev/ttyUSB0", "COM3", "auto", "emulator", "tcp://host:port"')
    .option('--profile <name>', 'of protocols.toml; [device] profile unless said')
    .option('--baud <speed>', "instead of the profile's")
    .action(
      start<ProbeOptions, [string | undefined]>(
        async () => (await import('./probe-port.js')).probePort,
      ),
    );
