/** How the processes are, and what they say. */
import { logQuerySchema, logSchema, systemSchema } from '../../api/system.js';
import type { App } from '../app.js';
import { errorResponses } from '../openapi.js';
import type { DashboardParts } from '../parts.js';

export function systemRoutes(app: App, { system }: Pick<DashboardParts, 'system'>): void {
  app.get(
    '/api/system',
    {
      schema: {
        summary: 'How the whole is: in one sentence, and process by process.',
        tags: ['system'],
        response: { 200: systemSchema, ...errorResponses },
      },
    },
    () => system.system(),
  );

  app.get(
    '/api/log',
    {
      schema: {
        summary: 'The last lines of the log of a process.',
        tags: ['system'],
        querystring: logQuerySchema,
        response: { 200: logSchema, ...errorResponses },
      },
    },
    ({ query }) => system.log(query),
  );
}
