#!/usr/bin/env node
/**
 * What `npx elmetron` starts. It is no compiled file: the compiler makes none that may be executed, and this one can
 * say so when nothing has been compiled yet.
 */
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  await import(main.href);
} else {
  process.stderr.write('elmetron: not built yet; run "npm run build" first.\n');
  process.exitCode = 2;
}
