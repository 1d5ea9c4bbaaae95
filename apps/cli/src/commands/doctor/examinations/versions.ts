/** Whether Node, our packages, the compiled ones and the tables of the databases fit each other. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { placesOf } from '@elmetron/report';
import type { Config } from '@elmetron/runtime';
import { StorageError, StoreReader } from '@elmetron/storage';
import { version } from '../../../version.js';
import { findingsOf, type Finding, type Findings } from '../finding.js';

const LEAST_NODE = [20, 19] as const;
const OURS = ['protocol', 'storage', 'runtime', 'link'] as const;

/** @param node its version, `20.20.0` */
export async function examineVersions(
  storage: Config['app']['storage'] | undefined,
  node: string,
): Promise<readonly Finding[]> {
  const findings = findingsOf('versions');
  examineNode(node, findings);
  examinePackages(findings);
  await examineStream(findings);
  if (storage !== undefined) {
    for (const [, path] of placesOf(storage)) examineSchema(path, findings);
  }
  return findings.all;
}

function examineNode(node: string, findings: Findings): void {
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE;
  if (major < leastMajor || (major === leastMajor && minor < leastMinor)) {
    findings.wrong(
      'node_too_old',
      `Node ${node} is too old.`,
      `Install Node ${leastMajor}.${leastMinor} or newer, then "npm install" and "npm run build" again.`,
    );
    return;
  }
  findings.ok(`elmetron ${version()} on Node ${node}`);
}

function examinePackages(findings: Findings): void {
  const require = createRequire(import.meta.url);
  for (const name of OURS) {
    const path = require.resolve(`@elmetron/${name}/package.json`);
    const found = (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
    if (found === version()) continue;
    findings.wrong(
      'packages_mixed',
      `@elmetron/${name} is ${found}, elmetron itself ${version()}.`,
      'Run "npm install" and "npm run build" in one and the same tree.',
    );
  }
}

/** ZeroMQ is compiled for one version of Node; the databases' and the ports' were loaded before this. */
async function examineStream(findings: Findings): Promise<void> {
  try {
    await import('@elmetron/protocol');
  } catch (error) {
    const said = error instanceof Error ? error.message.split('\n')[0] : String(error);
    findings.wrong('not_loadable', `ZeroMQ does not load (${said ?? ''}).`, 'Run "npm rebuild".');
  }
}

function examineSchema(path: string, findings: Findings): void {
  try {
    const reader = StoreReader.open(path);
    const { version: found, newest } = reader.schema;
    reader.close();
    if (found < newest) {
      findings.note(
        'schema_older',
        `The tables of ${path} are of version ${found}; the next start of the writer brings them to ${newest}.`,
      );
    } else {
      findings.ok(`tables of ${path}: version ${found}`);
    }
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (error.code === 'store_missing') return;
    const advice =
      error.code === 'store_damaged'
        ? 'Stop the writer and run "elmetron recover": it is set aside and made anew.'
        : 'Correct [storage] of the configuration, or do what the message says.';
    findings.wrong(error.code, error.message, advice);
  }
}
