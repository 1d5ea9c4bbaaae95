import type { ExportFormat } from '@elmetron/report';
import { Option } from 'commander';
import { newCommand, type CommandDefinition } from '../define.js';

export const FORMATS: readonly ExportFormat[] = ['csv', 'jsonl', 'xlsx', 'parquet'];

export interface ExportOptions {
  readonly format?: ExportFormat;
  readonly output?: string;
  readonly since?: string;
  readonly until?: string;
  readonly raw?: boolean;
  readonly timeZone?: string;
  readonly separator: string;
  readonly decimal: string;
  readonly force?: boolean;
  readonly demo?: boolean;
}

export const exportCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'export',
    summary: 'Writes readings into a file for a spreadsheet or a program',
    details:
      'One session, the latest one, or all readings of a range of time. Beside the file comes a manifest with the\n' +
      'number of rows of each session and the SHA-256 of the file. A file appears under its name only when it is\n' +
      'whole; one that is there is overwritten only with --force. Emulated and real meters never share a file.',
    examples: [
      ['elmetron export latest', 'the latest session, as CSV, named by meter and time'],
      ['elmetron export 0199a3 -o run7.xlsx', 'one session for Excel or LibreOffice'],
      ['elmetron export --since 2026-11-01 --until 2026-12-01 -o november.parquet', 'a month'],
      ['elmetron export latest -o - -f jsonl | jq .value', 'for another program'],
      [
        'elmetron export latest --separator ";" --decimal ","',
        'where a comma is the decimal point',
      ],
    ],
  })
    .argument('[session]', 'its name, or as much of it as tells it apart; "latest"')
    .addOption(
      new Option(
        '-f, --format <format>',
        "csv, jsonl, xlsx or parquet; by the file's ending unless said, else csv",
      ).choices(FORMATS),
    )
    .option(
      '-o, --output <file>',
      'the file, or a directory for it; "-": standard output (csv, jsonl)',
    )
    .option('--since <time>', 'readings from this time on: 2026-11-27, "2026-11-27T14:30", 7d')
    .option('--until <time>', 'readings before this time')
    .option('--raw', "with the raw frame of each reading, the meter's own bytes")
    .option('--time-zone <zone>', "of the local times, such as UTC; this computer's unless said")
    .option('--separator <character>', 'between the fields of a CSV file', ',')
    .option('--decimal <character>', 'the decimal point of a CSV file', '.')
    .option('--force', 'overwrite a file that is there')
    .option('--demo', 'of emulated meters, for a range of time or the latest')
    .action(
      start<ExportOptions, [string | undefined]>(
        async () => (await import('./export-readings.js')).exportReadings,
      ),
    );
