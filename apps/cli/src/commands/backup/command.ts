import { newCommand, type CommandDefinition } from '../define.js';

export interface BackupOptions {
  readonly force?: boolean;
  readonly demo?: boolean;
}

export const backupCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'backup',
    summary: 'Copies the database into a file while the capture goes on, and checks the copy',
    details:
      'The copy is the database as it was at one moment: a single file, which can be read by every command in place\n' +
      'of the database, or put in its place. It appears under its name only when it has been read through (by the integrity_check\n' +
      'of SQLite) and holds as many rows as the database did. Readings that are not in the database yet are\n' +
      'in captures and spool; "elmetron status" says how many.',
    examples: [
      ['elmetron backup /mnt/usb/elmetron-2026-11-27.sqlite', 'the readings of real meters'],
      ['elmetron backup /mnt/usb', 'into a directory, named by the time'],
      ['elmetron backup nightly.sqlite --force --json', 'by a timer; the last one is replaced'],
      ['elmetron backup demo.sqlite --demo', 'of emulated meters'],
    ],
  })
    .argument('<file>', 'where to, or a directory for it')
    .option('--force', 'overwrite a file that is there, when the copy is whole')
    .option('--demo', 'the database of emulated meters')
    .action(start<BackupOptions, [string]>(async () => (await import('./back-up.js')).backUp));
