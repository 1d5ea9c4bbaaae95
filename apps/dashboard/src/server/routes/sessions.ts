/** Recorded sessions, for looking at. */
import { curveSchema } from '../../api/readings.js';
import {
  curveQuerySchema,
  sessionParamsSchema,
  sessionSchema,
  sessionsQuerySchema,
  sessionsSchema,
  statisticsSchema,
} from '../../api/sessions.js';
import type { App } from '../app.js';
import { whileOpen } from '../while-open.js';
import { errorResponses } from '../openapi.js';
import type { DashboardParts } from '../parts.js';

export function sessionRoutes(app: App, { archive }: Pick<DashboardParts, 'archive'>): void {
  app.get(
    '/api/sessions',
    {
      schema: {
        summary: 'Recorded sessions, the latest first.',
        tags: ['sessions'],
        querystring: sessionsQuerySchema,
        response: { 200: sessionsSchema, ...errorResponses },
      },
    },
    ({ query }) => archive.sessions(query),
  );

  app.get(
    '/api/sessions/:session',
    {
      schema: {
        summary: 'One session with what is known of it, and what happened in it.',
        tags: ['sessions'],
        params: sessionParamsSchema,
        response: { 200: sessionSchema, ...errorResponses },
      },
    },
    ({ params }, reply) => archive.session(params.session, whileOpen(reply)),
  );

  app.get(
    '/api/sessions/:session/curve',
    {
      schema: {
        summary: 'What it measured, over time.',
        tags: ['sessions'],
        params: sessionParamsSchema,
        querystring: curveQuerySchema,
        response: { 200: curveSchema, ...errorResponses },
      },
    },
    ({ params, query }, reply) => archive.curve(params.session, query, whileOpen(reply)),
  );

  app.get(
    '/api/sessions/:session/statistics',
    {
      schema: {
        summary:
          'Statistics of each unit, and which stretches a recovery replayed; reads all of it.',
        tags: ['sessions'],
        params: sessionParamsSchema,
        response: { 200: statisticsSchema, ...errorResponses },
      },
    },
    ({ params }, reply) => archive.statistics(params.session, whileOpen(reply)),
  );
}
