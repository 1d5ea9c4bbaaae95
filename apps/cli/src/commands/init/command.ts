import { newCommand, type CommandDefinition } from '../define.js';

export interface InitOptions {
  readonly port?: string;
  readonly source?: string;
  readonly data?: string;
  readonly yes?: boolean;
  readonly force?: boolean;
}

export const initCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'init',
    summary: 'Writes a configuration with comments, by asking',
    details:
      'Every key is in it with what it is for. Where another configuration in the same directory has the usual names\n' +
      'and ports already, as for a second meter, others are proposed. The file is checked as the programs check it\n' +
      'before it is written; protocols.toml beside it is made when there is none.',
    examples: [
      ['elmetron init', 'asks, and writes config/app.toml'],
      ['elmetron init -c config/bench-2.toml', 'for a second meter on this computer'],
      ['elmetron init --yes --port auto', 'without a question: the first FTDI adapter'],
    ],
  })
    .option(
      '--port <port>',
      'of the meter: "emulator", "auto", /dev/ttyUSB0, COM3, tcp://host:port',
    )
    .option('--source <name>', "of this meter's data")
    .option('--data <directory>', 'for the databases and the spool')
    .option('-y, --yes', 'do not ask; take what would be proposed')
    .option('--force', 'overwrite a configuration that is there')
    .action(
      start<InitOptions, []>(
        async () => (await import('./write-configuration.js')).writeConfiguration,
      ),
    );
