/** Where an export goes, and in which format, as far as the person has not said it. */
import { stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { outputName, type ExportFormat, type ZoneClock } from '@elmetron/report';
import { CliError } from '../../cli-error.js';
import { FORMATS, type ExportOptions } from './command.js';
import type { ExportPlan } from './plan-export.js';

export interface Output {
  readonly format: ExportFormat;
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

function formatOf(path: string): ExportFormat {
  const ending = extname(path).slice(1).toLowerCase();
  const format = FORMATS.find((known) => known === ending);
  if (format !== undefined) return format;
  throw new CliError(
    'usage',
    `The ending of ${path} says no format: allowed are ${FORMATS.map((known) => `.${known}`).join(', ')}; or add --format.`,
  );
}
