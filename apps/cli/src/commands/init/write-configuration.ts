/** `elmetron init`: asks, checks as the programs do, and writes what is whole. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadConfig, RuntimeError } from '@elmetron/runtime';
import { nodeFileSystem } from '@elmetron/storage';
import { CliError } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import {
  notWritten,
  partialName,
  refuseIfThere,
  takeName,
  unlinkIfThere,
} from '../../disk/new-file.js';
import type { ExitCode } from '../../exit-codes.js';
import { Questions } from '../../terminal/questions.js';
import { configurationsBeside, proposed, QUESTIONS, settingsOf, type Answers } from './answers.js';
import type { InitOptions } from './command.js';
import { fillIn } from './fill-in.js';

const TEMPLATES = new URL('../../../templates/', import.meta.url);

export async function writeConfiguration(
  context: CommandContext,
  options: InitOptions,
): Promise<ExitCode | undefined> {
  const { voice, configPath } = context;
  if (options.force !== true) await refuseIfThere(configPath);
  const protocolsPath = join(dirname(configPath), 'protocols.toml');
  const hasProtocols = existsSync(protocolsPath);
  const files: Files = {
    template: await readFile(new URL('app.toml', TEMPLATES), 'utf8'),
    protocols: await readFile(
      hasProtocols ? protocolsPath : new URL('protocols.toml', TEMPLATES),
      'utf8',
    ),
  };
  const { port, source, data } = options;
  const first: Answers = {
    ...proposed(await configurationsBeside(configPath, loadConfig)),
    ...(port === undefined ? {} : { port }),
    ...(source === undefined ? {} : { source }),
    ...(data === undefined ? {} : { data }),
  };
  const answers = options.yes === true ? first : await asked(context, first, files);
  await check(answers, files);
  await mkdir(dirname(configPath), { recursive: true });
  if (!hasProtocols) await write(protocolsPath, files.protocols, false);
  await write(configPath, textOf(answers, files), options.force === true);
  if (voice.json) {
    voice.value({ config: configPath, protocols: protocolsPath, protocols_kept: hasProtocols });
  } else {
    voice.line(`${configPath} is written.`);
    const kept = hasProtocols ? 'was there, and stays as it is' : 'is written';
    voice.line(`${protocolsPath} ${kept}.`);
    voice.note('"elmetron doctor" looks whether all of it can be used; "npm start" begins.');
  }
  return undefined;
}

interface Files {
  readonly template: string;
  readonly protocols: string;
}

function textOf(answers: Answers, { template }: Files): string {
  return fillIn(template, settingsOf(answers));
}

async function asked(context: CommandContext, first: Answers, files: Files): Promise<Answers> {
  if (!Questions.canBeAsked(context)) {
    throw new CliError('refused', 'Nobody can be asked here. Add --yes to take what is proposed.');
  }
  context.voice.note('Enter alone takes what stands in brackets.');
  const questions = new Questions(context);
  let answers = first;
  try {
    for (const { key, text } of QUESTIONS) {
      for (;;) {
        const answer = await questions.ask(`${text} [${answers[key]}]`);
        if (answer === undefined) {
          throw new CliError(
            'refused',
            'The answers ended before the questions; nothing was written.',
          );
        }
        const next = answer === '' ? answers : { ...answers, [key]: answer };
        const problem = await problemOf(next, files);
        if (problem === undefined) {
          answers = next;
          break;
        }
        context.voice.note(problem);
      }
    }
    return answers;
  } finally {
    questions.close();
  }
}

async function problemOf(answers: Answers, files: Files): Promise<string | undefined> {
  try {
    await check(answers, files);
    return undefined;
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    const [problem] = error.problems;
    return problem === undefined
      ? error.message
      : `${problem.key} ${problem.found}: ${problem.allowed}`;
  }
}

/** As every program checks it when it starts. Throws RuntimeError. */
async function check(answers: Answers, files: Files): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'elmetron-init-'));
  try {
    await writeFile(join(directory, 'app.toml'), textOf(answers, files));
    await writeFile(join(directory, 'protocols.toml'), files.protocols);
    loadConfig(join(directory, 'app.toml'));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function write(path: string, text: string, force: boolean): Promise<void> {
  const partial = partialName(path);
  try {
    const file = await open(partial, 'wx');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await takeName(partial, path, force);
    await nodeFileSystem().syncDirectory(dirname(path));
  } catch (cause) {
    await unlinkIfThere(partial).catch(() => undefined);
    throw cause instanceof CliError ? cause : notWritten(`${path} cannot be written`, cause);
  }
}
