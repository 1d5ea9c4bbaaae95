import { Argument } from 'commander';
import { newCommand, type CommandDefinition } from '../define.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export const completionCommand: CommandDefinition = (start) =>
  newCommand({
    name: 'completion',
    summary: 'Prints what a shell needs to complete commands and options',
    details:
      'It is of this version: take it anew after an update. "elmetron" has to be a command of the shell; in the\n' +
      'workspace put node_modules/.bin into PATH.',
    examples: [
      ['source <(elmetron completion bash)', 'bash, in this shell; for good in ~/.bashrc'],
      [
        'elmetron completion zsh > ~/.zfunc/_elmetron',
        'zsh, with ~/.zfunc in fpath before compinit',
      ],
      ['elmetron completion fish > ~/.config/fish/completions/elmetron.fish', 'fish'],
    ],
  })
    .addArgument(new Argument('<shell>', 'whose').choices(SHELLS))
    .action(
      start<object, [Shell]>(async () => (await import('./print-completion.js')).printCompletion),
    );
