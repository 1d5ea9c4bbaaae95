/** Where an export goes, and in which format, as far as the person has not said it. */
import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { CliError } from '../../cli-error.js';
import type { ZoneClock } from '../../time/zone-clock.js';
import { FORMATS, type ExportOptions, type Format } from './command.js';
import type { ExportPlan } from './plan-export.js';

export interface Output {
  readonly format: Format;
  /** undefined: standard output. */
  readonly path: string | undefined;
}

/** Throws CliError `usage`. */
export async function chooseOutput(
  { format, output }: ExportOptions,
  plan: ExportPlan,
  clock: ZoneClock,
): Promise<Output> {
  if (output === '-') {
    const chosen = format ?? 'csv';
    if (chosen === 'csv' || chosen === 'jsonl') return { format: chosen, path: undefined };
    throw new CliError(
      'usage',
      `A file of the format ${chosen} cannot go to standard output; name a file.`,
    );
  }
  const isDirectory =
    output !== undefined && (await stat(output).catch(() => undefined))?.isDirectory();
  if (output === undefined || isDirectory === true) {
    const chosen = format ?? 'csv';
    return { format: chosen, path: join(output ?? '.', `${outputName(plan, clock)}.${chosen}`) };
  }
  return { format: format ?? formatOf(output), path: output };
}

function formatOf(path: string): Format {
  const ending = extname(path).slice(1).toLowerCase();
  const format = FORMATS.find((known) => known === ending);
  if (format !== undefined) return format;
  throw new CliError(
    'usage',
    `The ending of ${path} says no format: allowed are ${FORMATS.map((known) => `.${known}`).join(', ')}; or add --format.`,
  );
}

/** `elmetron_20261127-114131_00308-25`: when the readings begin, and of which meter they are. */
export function outputName({ parts, database }: ExportPlan, clock: ZoneClock): string {
  const [first] = parts;
  const begins = first?.session.started_at ?? new Date(0).toISOString();
  const moment = clock
    .local(Date.parse(begins))
    .slice(0, 19)
    .replace(/[-:]/g, '')
    .replace(' ', '-');
  const serials = new Set(parts.map(({ session }) => session.serial ?? 'unknown'));
  const meter = serials.size === 1 ? [...serials].join('') : `${serials.size}-meters`;
  const safe = meter.replace(/[^0-9A-Za-z.]+/g, '-').replace(/^[-.]+/, '');
  return `elmetron_${moment}_${safe}${database.emulated ? '_emulated' : ''}`;
}
