/** Prints what the API says of itself, as OpenAPI: docs/api.md is made of it. Nothing is opened and nobody asked. */
import { silentLog, systemClock } from '@elmetron/protocol/offline';
import { dashboardApp } from './server/app.js';
import type { DashboardParts } from './server/parts.js';
import { version } from './version.js';

const parts = {
  settings: { host: '127.0.0.1', port: 8050, token: '', allowed_hosts: [] },
  version: version(),
  pageDir: process.cwd(),
  broadcast: { endPages: () => undefined },
  clock: systemClock,
  log: silentLog,
  // No question is answered from what is not here.
} as unknown as DashboardParts;

const app = await dashboardApp(parts);
process.stdout.write(`${JSON.stringify(app.swagger(), null, 2)}\n`);
await app.close();
