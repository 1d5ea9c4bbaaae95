/**
 * The life of a process, the same for all of them: command line, configuration, log, `main`, and
 * an exit code that tells the process manager what to do.
 *
 * | exit code | means |
 * |---|---|
 * | 0 | stopped because it was told to, or finished |
 * | 1 | something unexpected, or a stop that was not orderly: start it again |
 * | 2 | it cannot run like this, and a person has to do something; the message says what |
 */
import { systemClock } from '@elmetron/protocol/offline';
import { loadConfig, type Config } from '../config/index.js';
import { isExpectedError } from '../errors.js';
import { ServiceLife } from '../service/service-life.js';
import {
  parseCommandLine,
  usage,
  type CommandLine,
  type OptionDefinitions,
} from './command-line.js';
import { OrderlyStop } from './orderly-stop.js';
import type { ProcessContext, ProcessDefinition } from './process-context.js';
import { Reload } from './reload.js';
import { Voice } from './voice.js';

const STOP_WITHIN_MS = 5_000;

interface Prepared<O extends OptionDefinitions> {
  readonly command: CommandLine<O>;
  readonly config: Config;
  readonly voice: Voice;
}

/** Runs a process from its command line to its exit code; the last and only call of a `main.ts`. */
export function runProcess<const O extends OptionDefinitions = Record<never, never>>(
  definition: ProcessDefinition<O>,
): void {
  const voice = new Voice(definition.name, definition.logTo ?? 'stdout');
  // Rejections that nobody handles arrive here too.
  process.on('uncaughtException', (error) => voice.crash(error));
  const command = readCommandLine(definition, voice);
  const config = readConfig(command.config, voice);
  voice.setLevel(config.app.log.level);
  for (const sentence of config.ignored) voice.log.info({}, sentence);
  live(definition, { command, config, voice });
}

function readCommandLine<O extends OptionDefinitions>(
  definition: ProcessDefinition<O>,
  voice: Voice,
): CommandLine<O> {
  const options = definition.options ?? ({} as O);
  try {
    const words = definition.command === undefined ? 2 : 3;
    const command = parseCommandLine(process.argv.slice(words), options);
    if (!command.help) return command;
  } catch (error) {
    if (!isExpectedError(error)) throw error;
    voice.complain(`${error.message}\n\n${usage(definition, options)}`);
    return voice.exit(2);
  }
  voice.print(usage(definition, options));
  return voice.exit(0);
}

function readConfig(path: string, voice: Voice): Config {
  try {
    return loadConfig(path);
  } catch (error) {
    return voice.exit(voice.explain(error));
  }
}

function live<O extends OptionDefinitions>(
  { main, stopWithinMs: withinMs = STOP_WITHIN_MS }: ProcessDefinition<O>,
  { command, config, voice }: Prepared<O>,
): void {
  const { log } = voice;
  const ending = new OrderlyStop({ withinMs, log, exit: (code) => voice.exit(code) });
  const { signal } = ending;
  const reload = new Reload({ path: command.config, log, signal });
  const service = new ServiceLife({ env: process.env, pid: process.pid, log });
  const stop = (exitCode: number): void => {
    if (!signal.aborted) service.stopping();
    ending.begin(exitCode, started);
  };
  const context: ProcessContext<O> = {
    config,
    options: command.options,
    log,
    clock: systemClock,
    signal,
    onStop: (part, close) => ending.add(part, close),
    onHangup: (handler) => (reload.handler = handler),
    onWatchdog: (prove) => (service.prove = prove),
    stop,
    print: (text) => voice.print(text),
  };

  const started = Promise.resolve(context)
    .then(main)
    .then(() => {
      if (!signal.aborted) service.ready();
    })
    .catch((error: unknown) => {
      // Whatever a start waits for gives up in this way when the process is to stop.
      if (signal.aborted && error instanceof Error && error.name === 'AbortError') return;
      stop(voice.explain(error));
    });

  for (const name of ['SIGTERM', 'SIGINT'] as const)
    process.on(name, () => {
      log.info({ signal: name }, signal.aborted ? 'Is stopping already' : 'Stops as asked');
      stop(0);
    });
  process.on('SIGHUP', () => {
    // Only after the start is it known whether this process reloads, or its terminal has gone.
    void started.then(async () => {
      if (reload.handler === undefined) stop(0);
      else await reload.run();
    });
  });
  // A process that has nothing to wait for any more would end as if all were well.
  process.on('beforeExit', () => voice.crash(new Error('There is nothing left to wait for')));
}
