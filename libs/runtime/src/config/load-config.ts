/** The configuration of every process: two files, checked as a whole before anything starts. */
import { dirname, join } from 'node:path';
import type { ConfigProblem } from '../errors.js';
import type { AppConfig } from './app-schema.js';
import { checkApp } from './check-app.js';
import { checkProtocols, type CheckedProtocols } from './check-protocols.js';
import { nearest } from './nearest-key.js';
import { invalid, shown } from './problems.js';
import type { Profiles } from './profile-schema.js';
import { readToml } from './toml-file.js';

/** Both configuration files, checked. */
export interface Config {
  readonly app: AppConfig;
  readonly profiles: Profiles;
  readonly appPath: string;
  readonly protocolsPath: string;
  /** What of protocols.toml was not used, as sentences for the log. */
  readonly ignored: readonly string[];
}

/**
 * Reads and checks app.toml and the protocols.toml beside it.
 * @throws RuntimeError `config_missing`, `config_syntax`, `config_invalid` (with every problem at once)
 */
export function loadConfig(appPath: string): Config {
  const protocolsPath = join(dirname(appPath), 'protocols.toml');
  const { app, problems, replaced } = checkApp(appPath, readToml(appPath));
  const wanted = new Set([app.device.profile, ...app.device.fallback_profiles]);
  const protocols = checkProtocols(protocolsPath, readToml(protocolsPath), wanted);
  const all = [
    ...problems,
    ...missingProfiles(appPath, protocolsPath, app, protocols).filter(
      ({ key }) => !replaced.has(key.replace(/\[.*/, '')),
    ),
    ...protocols.problems,
  ];
  if (all.length > 0) throw invalid(all);
  const { profiles, ignored } = protocols;
  return { app, profiles, appPath, protocolsPath, ignored };
}

function missingProfiles(
  file: string,
  protocolsPath: string,
  app: AppConfig,
  { names }: CheckedProtocols,
): ConfigProblem[] {
  const asked: [key: string, name: string][] = [
    ['device.profile', app.device.profile],
    ...app.device.fallback_profiles.map((name, i): [string, string] => [
      `device.fallback_profiles[${i}]`,
      name,
    ]),
  ];
  const known = names.length > 0 ? names.join(', ') : 'none';
  return asked
    .filter(([, name]) => !names.includes(name))
    .map(([key, name]) => {
      const meant = nearest(name, names);
      const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
      const allowed = `must be a profile of ${protocolsPath} (there: ${known})${hint}`;
      return { file, key, found: shown(name), allowed };
    });
}
