/** `elmetron status`, once or again and again. */
import { setTimeout as delay } from 'node:timers/promises';
import { lookAtStatus, type Status } from '@elmetron/report';
import { CliError, throwIfInterrupted } from '../../cli-error.js';
import type { CommandContext } from '../../context.js';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import { localTime } from '../../time/local-time.js';
import type { StatusOptions } from './command.js';
import { statusLines } from './status-text.js';

const HOME_AND_CLEAR = '\u001b[H\u001b[J';

export async function showStatus(
  context: CommandContext,
  options: StatusOptions,
): Promise<ExitCode | undefined> {
  const { voice, clock, signal } = context;
  const everyMs = watchEvery(options.watch);
  const config = await context.config();
  for (;;) {
    const status = await lookAtStatus(config, clock.now(), signal).catch((error: unknown) => {
      throwIfInterrupted(signal);
      throw error;
    });
    if (voice.json) voice.value(status);
    else show(context, status, everyMs);
    if (everyMs === undefined) return status.ok ? EXIT.ok : EXIT.wrong;
    // Ctrl-C is how a watch ends.
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return EXIT.ok;
  }
}

function show({ voice }: CommandContext, status: Status, everyMs: number | undefined): void {
  const lines = statusLines(status, voice.colours);
  if (everyMs !== undefined) {
    const when = `${localTime(status.at)}, every ${everyMs / 1000} s; Ctrl-C ends`;
    lines.unshift(voice.colours.dim(when), '');
    if (voice.interactive) voice.raw(HOME_AND_CLEAR);
  }
  voice.line(lines.join('\n'));
}

function watchEvery(watch: StatusOptions['watch']): number | undefined {
  if (watch === undefined) return undefined;
  if (watch === true) return 1000;
  const seconds = Number(watch);
  if (seconds >= 0.1 && seconds <= 86_400) return seconds * 1000;
  throw new CliError('usage', `--watch ${watch}: allowed are seconds, from 0.1 to 86400.`);
}
