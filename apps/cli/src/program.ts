/** The program as a whole: its commands, and what happens around each of them. */
import { Command, CommanderError } from 'commander';
import { CliError } from './cli-error.js';
import { examplesText, type Action, type Start } from './commands/define.js';
import { commands } from './commands/index.js';
import type { CommandContext } from './context.js';
import { EXIT, exitCodeOf, type ExitCode } from './exit-codes.js';
import { Voice, type VoiceOptions } from './terminal/voice.js';
import { version } from './version.js';

export interface ProgramIo extends Omit<VoiceOptions, 'json'> {
  readonly stdin: CommandContext['stdin'];
  readonly signal: AbortSignal;
}

const EXIT_CODES = `
Exit codes:
  0    done, and all is well
  1    something is wrong, or could not be done
  2    the command line or the configuration has to be corrected
  3    what was asked for is not there
  130  interrupted (Ctrl-C)

"elmetron <command> --help" has examples of each command. NO_COLOR=1 switches colours off.`;

const EXAMPLES = [
  ['elmetron status', 'is everything well, and what is measured now'],
  ['elmetron export latest', 'the latest session as a table for a spreadsheet'],
  ['elmetron doctor', 'what is wrong, and what to do about it'],
] as const;

/** Runs one command line to its exit code; never rejects. */
export async function runProgram(args: readonly string[], io: ProgramIo): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const start: Start =
    <O, A extends readonly unknown[]>(load: () => Promise<Action<O, A>>) =>
    async (...given: unknown[]) => {
      const command = given.at(-1) as Command;
      const context = await newContext(command, io);
      try {
        const action = await load();
        // Commander gives the words and options that the command's own file has named.
        const words = command.processedArgs as unknown as A;
        exitCode = (await action(context, command.opts() as O, ...words)) ?? EXIT.ok;
      } catch (error) {
        exitCode = explain(error, context.voice);
      }
    };
  try {
    await buildProgram(start, io).parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
  return exitCode;
}

/** Also for whoever wants to know what there is: completion. */
export function buildProgram(start: Start, io: Pick<ProgramIo, 'stdout' | 'stderr'>): Command {
  const program = new Command('elmetron')
    .description('Captures laboratory meters: looks after the capture, and takes the data away.')
    .version(version(), '-V, --version')
    .addHelpText('after', `${examplesText(EXAMPLES)}\n${EXIT_CODES}`)
    .configureHelp({ subcommandTerm: (command) => command.name() });
  for (const define of commands) program.addCommand(define(start));
  for (const command of [
    program,
    ...program.commands,
    ...program.commands.flatMap((c) => c.commands),
  ]) {
    command
      .enablePositionalOptions()
      .exitOverride()
      .showHelpAfterError(
        `("elmetron${command === program ? '' : ` ${command.name()}`} --help" has examples)`,
      )
      .configureOutput({
        writeOut: (text) => io.stdout.write(text),
        writeErr: (text) => io.stderr.write(text.replace(/^error: /, 'elmetron: ')),
      });
  }
  return program;
}

async function newContext(command: Command, io: ProgramIo): Promise<CommandContext> {
  // Loaded only here: a page of help needs none of it.
  const { systemClock } = await import('@elmetron/protocol/offline');
  const { config: configPath, json } = command.opts<{ config: string; json?: boolean }>();
  let config: ReturnType<CommandContext['config']> | undefined;
  return {
    voice: new Voice({ ...io, json: json === true }),
    clock: systemClock,
    signal: io.signal,
    env: io.env,
    configPath,
    stdin: io.stdin,
    config: () => (config ??= import('@elmetron/runtime').then((r) => r.loadConfig(configPath))),
  };
}

function explain(error: unknown, voice: Voice): ExitCode {
  const code = expectedCode(error);
  if (error instanceof Error && code !== undefined) {
    voice.complain(code, error.message);
    return exitCodeOf(code);
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  voice.complain('unexpected', `A fault of this program, please report it:\n${stack}`);
  return EXIT.wrong;
}

/** Errors of our libraries have lower-case words as codes; those of Node and SQLite have not. */
function expectedCode(error: unknown): string | undefined {
  if (error instanceof CliError) return error.code;
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return;
  return /^[a-z]+(?:_[a-z]+)*$/.test(error.code) ? error.code : undefined;
}
