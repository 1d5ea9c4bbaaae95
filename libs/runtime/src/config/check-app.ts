/** Checks all of app.toml at once: each value by the schema, then those that depend on each other. */
import type { ConfigProblem } from '../errors.js';
import { UNIT_LIMIT_KEYS } from './alarms-schema.js';
import { appSchema, type AppConfig } from './app-schema.js';
import { conflicts } from './conflicts.js';
import { nearest } from './nearest-key.js';
import { keyName, pathsOf, toProblems } from './problems.js';
import { isTable, type TomlTable } from './toml-file.js';

const defaults: Readonly<Record<string, object>> = appSchema.parse({});
const tables = Object.keys(defaults);

export interface CheckedApp {
  /** Defaults stand in for whatever has a problem, so that the checks after this one can go on. */
  readonly app: AppConfig;
  readonly problems: readonly ConfigProblem[];
  /** The keys (`device.profile`) for which a default stands in: not to be blamed for anything more. */
  readonly replaced: ReadonlySet<string>;
}

export function checkApp(file: string, raw: TomlTable): CheckedApp {
  const result = appSchema.safeParse(raw);
  const issues = result.success ? [] : result.error.issues;
  const bad = issues.flatMap(pathsOf);
  const app = result.success ? result.data : appSchema.parse(without(raw, bad));
  const replaced = new Set(bad.map((path) => keyName(path.slice(0, 2))));
  const problems = toProblems(file, raw, issues, unknownKey);
  return { app, problems: [...problems, ...conflicts(file, app, replaced)], replaced };
}

function without(raw: TomlTable, bad: readonly (readonly PropertyKey[])[]): TomlTable {
  const kept = (of: TomlTable, isBad: (key: string) => boolean) =>
    Object.entries(of).filter(([key]) => !isBad(key));
  const sound = kept(raw, (table) => bad.some(([t, k]) => t === table && k === undefined));
  return Object.fromEntries(
    sound.map(([table, keys]) => [
      table,
      Object.fromEntries(
        kept(isTable(keys) ? keys : {}, (key) => bad.some(([t, k]) => t === table && k === key)),
      ),
    ]),
  );
}

/** What to do about an unknown key. One that stands below the wrong heading is as common as a mistyped one. */
function unknownKey([table = '', key, ...deeper]: readonly string[]): string {
  const limit = deeper[1];
  if (limit !== undefined) {
    if (Object.hasOwn(defaults[table] ?? {}, limit))
      return `this key belongs below [${table}], above the first table of a unit`;
    const meant = nearest(limit, UNIT_LIMIT_KEYS);
    if (meant !== undefined) return `unknown key; did you mean ${meant}?`;
    return `unknown key; known for a unit: ${UNIT_LIMIT_KEYS.join(', ')}`;
  }
  const owner = tables.find((name) => Object.hasOwn(defaults[name] ?? {}, key ?? table));
  if (owner !== undefined) return `this key belongs below [${owner}]`;
  const known = key === undefined ? tables : Object.keys(defaults[table] ?? {});
  const meant = nearest(key ?? table, known);
  if (meant !== undefined) return `unknown key; did you mean ${meant}?`;
  return `unknown key; known ${key === undefined ? 'tables' : `below [${table}]`}: ${known.join(', ')}`;
}
