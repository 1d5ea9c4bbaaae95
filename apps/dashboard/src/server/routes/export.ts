/** A session as a file, streamed. */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { exportQuerySchema, sessionParamsSchema } from '../../api/sessions.js';
import type { App } from '../app.js';
import { errorResponses } from '../openapi.js';
import type { DashboardParts } from '../parts.js';

export function exportRoute(
  app: App,
  { archive, exports }: Pick<DashboardParts, 'archive' | 'exports'>,
): void {
  app.get(
    '/api/sessions/:session/export',
    {
      schema: {
        summary: 'The readings of a session, or of a stretch of it, as a file.',
        description:
          'Streams. When it fails under way the connection is broken off: a file that ends in order is whole. The name of a file of an emulated meter says so.',
        tags: ['sessions'],
        params: sessionParamsSchema,
        querystring: exportQuerySchema,
        response: {
          200: {
            description: 'The file.',
            content: { 'application/octet-stream': { schema: z.string() } },
          },
          ...errorResponses,
        },
      },
    },
    async ({ params: { session }, query }, reply) => {
      const file = await exports.begin(await archive.find(session), query);
      // A stream goes through no schema.
      return (reply as FastifyReply)
        .type(file.type)
        .header('content-disposition', `attachment; filename="${file.name}"`)
        .send(file.body);
    },
  );
}
