/**
 * Turns what the schema objects to into problems that a person can act on: the key, what stands
 * there, what may stand there.
 */
import type { z } from 'zod';
import { RuntimeError, type ConfigProblem } from '../errors.js';
import { isTable } from './toml-file.js';

type Issue = z.core.$ZodIssue;

/** The keys that an issue is about. */
export function pathsOf(issue: Issue): PropertyKey[][] {
  if (issue.code !== 'unrecognized_keys') return [issue.path];
  return issue.keys.map((key) => [...issue.path, key]);
}

/** `unknownKey` says what to do about a key that the schema does not have. */
export function toProblems(
  file: string,
  raw: unknown,
  issues: readonly Issue[],
  unknownKey: (path: readonly string[]) => string,
): ConfigProblem[] {
  return issues.flatMap((issue) =>
    pathsOf(issue).map((path) => ({
      file,
      key: keyName(path),
      found: shown(valueAt(raw, path)),
      allowed:
        issue.code === 'unrecognized_keys'
          ? unknownKey(path.map(String))
          : `must be ${issue.message}`,
    })),
  );
}

export function invalid(problems: readonly ConfigProblem[]): RuntimeError {
  const lines = problems.map(
    ({ file, key, found, allowed }) => `  ${file}: ${key} = ${found}\n      ${allowed}`,
  );
  const title =
    problems.length === 1
      ? 'The configuration has a problem:'
      : `The configuration has ${problems.length} problems:`;
  return new RuntimeError('config_invalid', [title, ...lines].join('\n'), { problems });
}

/** `writer.sources[1]`, `alarms.units."mV rel".high`: as it would stand in the file. */
export function keyName(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) =>
      typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${written(String(part))}`,
    )
    .join('');
}

function written(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}

/** A value as it would stand in the file, shortened. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = isTable(value)
    ? 'a table'
    : value instanceof Date
      ? value.toISOString()
      : toText(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function toText(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let value = raw;
  for (const part of path) {
    if (Array.isArray(value) && typeof part === 'number') value = value[part];
    else if (isTable(value)) value = value[String(part)];
    else return undefined;
  }
  return value;
}
