/**
 * Reads the profiles of protocols.toml. It is the predecessor's file: what is not used here is let
 * through and named, and a profile that is not asked for cannot keep a process from starting.
 */
import type { ConfigProblem } from '../errors.js';
import { profileSchema, type Profile, type Profiles } from './profile-schema.js';
import { toProblems } from './problems.js';
import { isTable, type TomlTable } from './toml-file.js';

export interface CheckedProtocols {
  readonly profiles: Profiles;
  readonly problems: readonly ConfigProblem[];
  readonly ignored: readonly string[];
  /** All the names in the file, those of unusable profiles too. */
  readonly names: readonly string[];
}

/** `wanted`: the profiles that app.toml names; only these have to be right. */
export function checkProtocols(
  file: string,
  raw: TomlTable,
  wanted: ReadonlySet<string>,
): CheckedProtocols {
  const ignored = Object.keys(raw)
    .filter((key) => key !== 'profiles')
    .map((key) => `${file}: ${key} is not used`);
  const written = isTable(raw['profiles']) ? raw['profiles'] : {};
  // Without a prototype: a profile must not be found under a name such as "constructor".
  const profiles = Object.create(null) as Record<string, Profile>;
  const problems: ConfigProblem[] = [];
  for (const [name, value] of Object.entries(written)) {
    const result = profileSchema.safeParse(value);
    if (result.success) {
      profiles[name] = result.data;
      const unused = Object.keys(value as TomlTable).filter((key) => !(key in result.data));
      ignored.push(...unused.map((key) => `${file}: profiles.${name}.${key} is not used`));
      continue;
    }
    const own = toProblems(
      file,
      { [name]: value },
      prefixed(name, result.error.issues),
      () => '',
    ).map((problem) => ({ ...problem, key: `profiles.${problem.key}` }));
    if (wanted.has(name)) problems.push(...own);
    else
      ignored.push(
        ...own.map(({ key, allowed }) => `${file}: ${key} ${allowed}; the profile cannot be used`),
      );
  }
  return { profiles, problems, ignored, names: Object.keys(written) };
}

function prefixed<I extends { path: PropertyKey[] }>(name: string, issues: readonly I[]): I[] {
  return issues.map((issue) => ({ ...issue, path: [name, ...issue.path] }));
}
