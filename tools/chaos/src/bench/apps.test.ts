import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scratch } from '../testing/scratch.js';
import { appsOf, RESTART_DELAY_MS } from './apps.js';

const tree = fileURLToPath(new URL('../../../../', import.meta.url));

describe('apps', () => {
  it('are those of the ecosystem file, but for the back-off and the log files', () => {
    const dir = scratch();
    const [bench, writer] = [join(dir, 'bench-1.toml'), join(dir, 'writer.toml')];
    for (const file of [bench, writer]) writeFileSync(file, '[device]\nport = "/dev/null"\n');
    const environment = { ...process.env };
    const apps = appsOf({
      tree,
      logs: dir,
      acquisitions: [bench],
      writer,
      writerNames: ['writer', 'writer-b'],
    });
    expect(apps.map(({ name }) => name)).toEqual(['acquisition-bench-1', 'writer', 'writer-b']);
    expect(process.env).toEqual(environment);

    process.env['ELMETRON_CONFIG'] = bench;
    const file = join(tree, 'config/ecosystem.config.cjs');
    const require = createRequire(import.meta.url);
    Reflect.deleteProperty(require.cache, require.resolve(file));
    const real = (require(file) as { apps: Record<string, unknown>[] }).apps[0]!;
    Reflect.deleteProperty(process.env, 'ELMETRON_CONFIG');
    const log = join(dir, 'acquisition-bench-1.log');
    const expected: Record<string, unknown> = {
      ...real,
      restart_delay: RESTART_DELAY_MS,
      out_file: log,
      error_file: log,
    };
    Reflect.deleteProperty(expected, 'exp_backoff_restart_delay');
    expect(apps[0]).toEqual(expected);
    expect(apps[1]).toMatchObject({ stop_exit_codes: [90], autorestart: true });
  });
});
