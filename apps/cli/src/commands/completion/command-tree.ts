/** The commands with their options, as far as a shell needs to know them. */
import type { Command, Option } from 'commander';

/** What can stand as a value. */
export type Value =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' }
  /** Nothing that could be proposed. */
  | { readonly kind: 'other' };

export interface KnownOption {
  /** `-o` and `--output`, or one of them. */
  readonly flags: readonly string[];
  readonly summary: string;
  /** undefined: it takes none, or needs none. */
  readonly value: Value | undefined;
}

export interface KnownCommand {
  /** `sessions show`; empty: the program itself. */
  readonly path: string;
  readonly summary: string;
  readonly options: readonly KnownOption[];
  readonly subcommands: readonly { readonly name: string; readonly summary: string }[];
  /** Of the first argument; undefined: it takes none. */
  readonly argument: Value | undefined;
}

/** The program first, every command before its own subcommands. */
export function commandTree(program: Command): KnownCommand[] {
  return describe(program, '');
}

function describe(command: Command, path: string): KnownCommand[] {
  const help = command.createHelp();
  const subcommands = help.visibleCommands(command);
  const [argument] = command.registeredArguments;
  return [
    {
      path,
      summary: command.summary(),
      options: help.visibleOptions(command).map(asKnown),
      subcommands: subcommands.map((sub) => ({ name: sub.name(), summary: sub.summary() })),
      argument: argument && valueOf(argument.argChoices, argument.name()),
    },
    ...subcommands
      .filter((sub) => sub.name() !== 'help')
      .flatMap((sub) => describe(sub, path === '' ? sub.name() : `${path} ${sub.name()}`)),
  ];
}

function asKnown(option: Option): KnownOption {
  const flags = [option.short, option.long].filter((flag) => typeof flag === 'string');
  const [, placeholder = ''] = /<([^>]+)>/.exec(option.flags) ?? [];
  const value = option.required ? valueOf(option.argChoices, placeholder) : undefined;
  return { flags, summary: option.description, value };
}

function valueOf(choices: readonly string[] | undefined, placeholder: string): Value {
  if (choices !== undefined) return { kind: 'words', words: choices };
  return { kind: /file|directory/.test(placeholder) ? 'file' : 'other' };
}
