import { Option } from 'commander';
import { newCommand, type CommandDefinition } from '../define.js';

export interface RecoverOptions {
  readonly dryRun?: boolean;
}

export interface RebuildOptions extends RecoverOptions {
  readonly into?: string;
  readonly replace?: boolean;
  readonly only?: 'real' | 'demo';
}

const DRY_RUN = ['--dry-run', 'only say what there is to do; change nothing'] as const;

export const recoverCommand: CommandDefinition = (start) => {
  const recover = newCommand({
    name: 'recover',
    summary: 'Brings what a crash left in buffers into the database',
    details:
      'Runs the recovery that also runs before each start of the writer. It touches only what a dead writer left, so\n' +
      'it can be run at any time. Exit code 0: done, or nothing to do; 1: something could not be recovered and stays\n' +
      'where it is; 2: usage or configuration.',
    examples: [
      ['elmetron recover --dry-run', 'what would be done'],
      ['elmetron recover', 'does it'],
      ['elmetron recover rebuild --help', 'make a lost or damaged database anew'],
    ],
  })
    .option(...DRY_RUN)
    .action(start<RecoverOptions, []>(async () => (await import('./run-recovery.js')).recover));
  recover.addCommand(
    newCommand({
      name: 'rebuild',
      summary: 'Makes a database anew from archive and buffers',
      details:
        'What is missing or damaged, unless told otherwise; a damaged one is kept under a dated name, and what only it\n' +
        'still has is taken over from it. A sound database is never touched unless --replace says so. Exit code 0:\n' +
        'complete; 1: not complete, what is missing is listed; 2: refused, usage or configuration.',
      examples: [
        ['elmetron recover rebuild', 'what is missing or damaged'],
        ['elmetron recover rebuild --into check.sqlite', 'everything into a new file'],
        ['elmetron recover rebuild --replace --only real', 'a sound one anew; no writer may run'],
      ],
    })
      .option('--into <file>', 'make a new database in this file; the one in use is not disturbed')
      .option('--replace', 'rebuild also what is sound; it is kept under a dated name')
      .addOption(
        new Option('--only <which>', 'this one; --into makes "real" when not said').choices([
          'real',
          'demo',
        ]),
      )
      .option(...DRY_RUN)
      .action(start<RebuildOptions, []>(async () => (await import('./run-recovery.js')).rebuild)),
  );
  return recover;
};
