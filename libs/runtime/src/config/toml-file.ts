/** Reads one TOML file, so that whatever is wrong with it as a file is said with its place. */
import { readFileSync } from 'node:fs';
import { parse, TomlError } from 'smol-toml';
import { RuntimeError } from '../errors.js';

export type TomlTable = Readonly<Record<string, unknown>>;

/** @throws RuntimeError `config_missing` when it cannot be read, `config_syntax` when it is not TOML */
export function readToml(path: string): TomlTable {
  const bytes = readBytes(path);
  let text: string;
  try {
    // Editors on Windows put a byte order mark first; the decoder takes it away.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RuntimeError('config_syntax', `${path} is not UTF-8 text. Save it as UTF-8.`, {
      cause,
    });
  }
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    throw new RuntimeError('config_syntax', syntaxMessage(path, cause), { cause });
  }
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const missing = reason.startsWith('ENOENT');
    throw new RuntimeError(
      'config_missing',
      (missing
        ? `There is no configuration file ${path}. `
        : `${path} cannot be read: ${reason}. `) +
        'Start in the project directory, or name the file with --config FILE.',
      { cause },
    );
  }
}

function syntaxMessage(path: string, error: TomlError): string {
  const [what = '', ...excerpt] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
  // The usual way to get there: C:\data in double quotes.
  const hint = /escape|unicode/i.test(what)
    ? "\nA path with backslashes stands in single quotes: 'C:\\data'."
    : '';
  return (
    `${path}, line ${error.line}, column ${error.column}: ${what}` +
    `\n${excerpt.join('\n').replace(/^\n+|\n+$/g, '')}${hint}`
  );
}

export function isTable(value: unknown): value is TomlTable {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}
