/** What happens now, as it happens; and the curve up to now. */
import { z } from 'zod';
import { historyQuerySchema } from '../../api/live.js';
import { curveSchema } from '../../api/readings.js';
import type { App } from '../app.js';
import { SECURITY_HEADERS } from '../headers.js';
import { errorResponses } from '../openapi.js';
import type { DashboardParts } from '../parts.js';
import { whileOpen } from '../while-open.js';

const EVENTS = `Server-sent events: \`hello\` (Hello) first and every 5 s, \`meters\` ({meters: [Meter]}) at first and
when something has changed, \`readings\` ({readings: [Reading]}) and \`marks\` ({marks: [Mark]}) as they come.`;

export function liveRoutes(app: App, { broadcast, history, clock }: DashboardParts): void {
  app.get(
    '/api/live',
    {
      schema: {
        summary: 'What happens, as it happens.',
        description: EVENTS.replace('\n', ' '),
        tags: ['live'],
        response: {
          200: {
            description: 'Goes on until either side ends it.',
            content: { 'text/event-stream': { schema: z.string() } },
          },
          ...errorResponses,
        },
      },
    },
    (_, reply) => {
      broadcast.checkRoom();
      reply.hijack();
      reply.raw.setHeaders(new Map(Object.entries(SECURITY_HEADERS)));
      reply.raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store, no-transform',
        // nginx would gather what is sent until a page of it is full.
        'x-accel-buffering': 'no',
      });
      reply.raw.socket?.setKeepAlive(true, 30_000);
      broadcast.add(reply.raw);
    },
  );

  app.get(
    '/api/live/history',
    {
      schema: {
        summary: 'The curve of one meter up to now, over its sessions.',
        tags: ['live'],
        querystring: historyQuerySchema,
        response: { 200: curveSchema, ...errorResponses },
      },
    },
    ({ query: { source, seconds, points } }, reply) => {
      const to = clock.now();
      const range = { from: to - seconds * 1000, to, points };
      return history.of(source, range, whileOpen(reply));
    },
  );
}
