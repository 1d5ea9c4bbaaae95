/** The project's own ecosystem file, loaded as PM2 loads it: what is set there is what is run. */
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** What PM2 is told of one process. */
export type App = Readonly<Record<string, unknown>> & { readonly name: string };

/**
 * @param tree the root of the built tree
 * @param environment what the file reads: `ELMETRON_CONFIG`, `ELMETRON_WRITER`
 */
export function ecosystem(
  tree: string,
  environment: Readonly<Record<string, string>>,
): readonly App[] {
  const require = createRequire(import.meta.url);
  const file = join(tree, 'config', 'ecosystem.config.cjs');
  const before = { ...process.env };
  Object.assign(process.env, environment);
  try {
    Reflect.deleteProperty(require.cache, require.resolve(file));
    return (require(file) as { readonly apps: readonly App[] }).apps;
  } finally {
    for (const name of Object.keys(environment)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, before);
  }
}
