import { newCommand, type CommandDefinition } from '../define.js';

export interface ImportFilesOptions {
  readonly dryRun?: boolean;
}

export const importCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'import',
    summary: "Takes over the predecessor's databases and buffers",
    details:
      'Its SQLite file, or its session_<id>_buffer.jsonl; they are only read. The frames are decoded again, so answers\n' +
      'that the meter had begun anew come out right. In any order and as often as one likes: a reading is known by its\n' +
      'time and frame, and never doubled. Can be run while the capture goes on; Ctrl-C stops it, the same command goes on.',
    examples: [
      ['elmetron import old/elmetron.sqlite --dry-run', 'what is in it'],
      ['elmetron import old/elmetron.sqlite', 'takes it over'],
      ['elmetron import old/captures/*.jsonl', 'buffers that it had left'],
    ],
  })
    .argument('<paths...>', 'databases and buffers of the predecessor')
    .option('--dry-run', 'only read and count; change nothing')
    .action(
      start<ImportFilesOptions, [string[]]>(
        async () => (await import('./import-files.js')).importFiles,
      ),
    );
