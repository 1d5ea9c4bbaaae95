/** The configuration as the processes check it, and what they accept but a person may not have meant. */
import { loadConfig, RuntimeError, type Config } from '@elmetron/runtime';
import { findingsOf, type Finding } from '../finding.js';

export function examineConfiguration(path: string): {
  /** Undefined: it cannot be used, and what depends on it cannot be examined. */
  readonly config: Config | undefined;
  readonly findings: readonly Finding[];
} {
  const findings = findingsOf('configuration');
  let config: Config;
  try {
    config = loadConfig(path);
  } catch (error) {
    if (!(error instanceof RuntimeError)) throw error;
    for (const { file, key, found, allowed } of error.problems) {
      findings.wrong(
        error.code,
        `${file}: ${key} = ${found}`,
        `${allowed.slice(0, 1).toUpperCase()}${allowed.slice(1)}.`,
      );
    }
    if (error.problems.length === 0) {
      const advice =
        error.code === 'config_missing'
          ? 'Name it with --config, or start where config/app.toml is; "elmetron init" writes one.'
          : 'Correct the file; nothing starts with it as it is.';
      findings.wrong(error.code, error.message, advice);
    }
    findings.note('not_examined', 'What depends on the configuration was not examined.');
    return { config: undefined, findings: findings.all };
  }
  findings.ok(`${config.appPath} and ${config.protocolsPath} are right`);
  for (const sentence of config.ignored) findings.note('config_ignored', sentence);
  const { acquisition, writer, storage } = config.app;
  if (writer.sources.includes(acquisition.endpoint)) {
    if (!acquisition.consumers.includes(writer.consumer)) {
      findings.wrong(
        'consumer_unknown',
        `The writer calls itself "${writer.consumer}", and acquisition knows only ${acquisition.consumers.join(', ')}: it will be refused.`,
        'Add the name to [acquisition] consumers, or correct [writer] consumer.',
      );
    }
  }
  if (storage.archive_days === 0) {
    findings.note(
      'no_archive',
      'No archive is kept ([storage] archive_days = 0): a lost database cannot be made anew.',
    );
  }
  for (const [key, endpoint] of [
    ['endpoint', acquisition.endpoint],
    ['live_endpoint', acquisition.live_endpoint],
  ] as const) {
    if (!/^tcp:\/\/(?:0\.0\.0\.0|\[::\]|\*):/.test(endpoint)) continue;
    findings.note(
      'open_to_network',
      `[acquisition] ${key} = "${endpoint}" can be reached from other computers, without a password.`,
      'Leave it so only in a network that you trust.',
    );
  }
  return { config, findings: findings.all };
}
