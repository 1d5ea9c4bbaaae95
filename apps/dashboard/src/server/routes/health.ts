/** `GET /health`, as of every process: for npm start, the watchdog and whoever looks after the machine. */
import type { App } from '../app.js';
import type { DashboardParts } from '../parts.js';

export function healthRoute(app: App, { health }: Pick<DashboardParts, 'health'>): void {
  app.get('/health', { schema: { hide: true } }, (_, reply) =>
    reply.type('application/json; charset=utf-8').send(`${JSON.stringify(health.report())}\n`),
  );
}
