/** Configurations as they are read from files, without the files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type Config } from '@elmetron/runtime';

/** What the programs make of this text, as if it stood in `name`. */
export function madeConfig(toml = '', name = 'app.toml'): Config {
  const dir = mkdtempSync(join(tmpdir(), 'elmetron-config-'));
  try {
    writeFileSync(join(dir, name), toml);
    writeFileSync(join(dir, 'protocols.toml'), '[profiles.cx505]\n');
    return loadConfig(join(dir, name));
  } finally {
    rmSync(dir, { recursive: true });
  }
}
