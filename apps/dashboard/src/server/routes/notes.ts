/** What people say of a session: the only things that can be written here. */
import {
  addedSchema,
  metadataSchema,
  noteSchema,
  sessionParamsSchema,
} from '../../api/sessions.js';
import { noteMark } from '../../live/mark-book.js';
import type { App } from '../app.js';
import { errorResponses } from '../openapi.js';
import type { DashboardParts } from '../parts.js';

export function noteRoutes(
  app: App,
  { archive, notebook, broadcast }: Pick<DashboardParts, 'archive' | 'notebook' | 'broadcast'>,
): void {
  app.post(
    '/api/sessions/:session/notes',
    {
      schema: {
        summary: 'Adds a note. It is durable when it is answered.',
        tags: ['sessions'],
        params: sessionParamsSchema,
        body: noteSchema,
        response: { 200: addedSchema, ...errorResponses },
      },
    },
    async ({ params: { session }, body: { text, author, at } }) => {
      const { database } = await archive.find(session);
      const who = named(author);
      const moment = at === undefined ? {} : { at };
      const said = { session, author: who, note: text, ...moment };
      const { stored, reason, ...noted } = await notebook.write(database.path, said);
      broadcast.mark(noteMark(session, { at: noted.at, text, author: who }));
      return { stored, reason };
    },
  );

  app.post(
    '/api/sessions/:session/metadata',
    {
      schema: {
        summary:
          'Says a fact of the session by its key, or takes it back. Durable when it is answered.',
        tags: ['sessions'],
        params: sessionParamsSchema,
        body: metadataSchema,
        response: { 200: addedSchema, ...errorResponses },
      },
    },
    async ({ params: { session }, body: { key, value, author } }) => {
      const { database } = await archive.find(session);
      const said = { session, author: named(author), key, value };
      const { stored, reason } = await notebook.write(database.path, said);
      return { stored, reason };
    },
  );
}

function named(author: string | undefined): string | null {
  return author === undefined || author === '' ? null : author;
}
