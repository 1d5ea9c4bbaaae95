/** `elmetron completion`: from the commands themselves, so that none can be forgotten. */
import type { CommandContext } from '../../context.js';
import type { ExitCode } from '../../exit-codes.js';
import { buildProgram } from '../../program.js';
import { bashCompletion } from './bash.js';
import type { Shell } from './command.js';
import { commandTree, type KnownCommand } from './command-tree.js';
import { fishCompletion } from './fish.js';
import { zshCompletion } from './zsh.js';

const SCRIPTS: Readonly<Record<Shell, (commands: readonly KnownCommand[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

export async function printCompletion(
  { voice }: CommandContext,
  _options: object,
  shell: Shell,
): Promise<ExitCode | undefined> {
  // Its commands are looked at, not started.
  const program = buildProgram(() => async () => undefined, process);
  const commands = commandTree(program);
  if (voice.json) voice.value({ shell, script: SCRIPTS[shell](commands) });
  else voice.raw(SCRIPTS[shell](commands));
  return undefined;
}
