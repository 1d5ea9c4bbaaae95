import type { AppConfig } from './app-schema.js';
import type { Profiles } from './profile-schema.js';

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
export function loadConfig(path: string): Config {
  throw new Error(`not yet: ${path}`);
}
