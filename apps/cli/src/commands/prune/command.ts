import { newCommand, type CommandDefinition } from '../define.js';

export interface PruneOptions {
  readonly olderThan: string;
  readonly archive?: string;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly demo?: boolean;
}

export const pruneCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'prune',
    summary: 'Moves old sessions out of the database into an archive',
    details:
      'Whole sessions that ended before the given time. First they are written into a database of their own, which\n' +
      'is read through and compared row by row; then each is compared again and removed, while the capture goes on.\n' +
      'What is still on its way, open, or changed meanwhile stays. The archive can be read by every command: name\n' +
      'it as storage.database_path of a configuration.',
    examples: [
      ['elmetron prune --older-than 90d --dry-run', 'what would go'],
      ['elmetron prune --older-than 90d', 'asks, archives, removes'],
      ['elmetron prune --older-than 2026-01-01 --archive /mnt/nas', 'the archive elsewhere'],
      ['elmetron prune --older-than 52w --yes --json', 'by a timer'],
    ],
  })
    .requiredOption(
      '--older-than <age>',
      'ended before this: 90d, 12w, or a date such as 2026-01-01',
    )
    .option(
      '--archive <file>',
      'where they go, or a directory for it; beside the database unless said',
    )
    .option('--dry-run', 'only say what would go')
    .option('-y, --yes', 'do not ask')
    .option('--demo', 'from the database of emulated meters')
    .action(
      start<PruneOptions, []>(async () => (await import('./prune-sessions.js')).pruneSessions),
    );
