/** Earlier results from their file, to be told or drawn again. */
import { readFileSync } from 'node:fs';
import { BenchError } from '../bench-error.js';
import type { Results } from '../results.js';
import type { asObject } from './json.js';

type Written = ReturnType<typeof asObject>;

/** Throws BenchError `usage` for what is no such file. */
export function readResults(path: string): Results {
  const written = parsed(path);
  if (written.v !== 1 || !Array.isArray(written.measurements)) {
    throw new BenchError('usage', `${path} holds no results of a bench (v 1).`);
  }
  const { at, quick, runs, machine } = written;
  return {
    at,
    quick,
    runs,
    machine,
    measured: written.measurements.map(({ name, title, failed, left_out: leftOut, figures }) => ({
      name,
      title,
      figures,
      ...(failed === null ? {} : { failed }),
      ...(leftOut === null ? {} : { leftOut }),
    })),
  };
}

function parsed(path: string): Written {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Written;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new BenchError('usage', `${path} cannot be read: ${why}`, { cause: error });
  }
}
