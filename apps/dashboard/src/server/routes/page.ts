/** The page itself: what Vite has made of `page/`. There are no data in it, so no token is asked for. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { DashboardError } from '../../dashboard-error.js';
import type { App } from '../app.js';
import type { TokenGuard } from '../guards/token-guard.js';
import type { DashboardParts } from '../parts.js';

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Elmetron</title>
<h1>The page has not been built</h1>
<p>The server runs, but there is no page to show. In the directory of the programs run
<code>npm run build</code>, then load this page again.</p>
</html>
`;

/** Names as Vite makes them: none is hidden, none leads upwards. */
const OURS = /^\w[\w.-]*(?:\/\w[\w.-]*)*$/;

/** Of what Vite has given a name of its own for each content. */
const FOR_GOOD = 'public, max-age=31536000, immutable';

export async function pageRoutes(
  app: App,
  { pageDir }: Pick<DashboardParts, 'pageDir'>,
  token: TokenGuard,
): Promise<void> {
  await app.register(fastifyStatic, {
    root: pageDir,
    serve: false,
    cacheControl: false,
    index: false,
    dotfiles: 'ignore',
  });
  app.get<{ Querystring: { token?: unknown } }>(
    '/',
    { schema: { hide: true } },
    (request, reply) => {
      const given = request.query.token;
      if (given !== undefined) {
        // Once: what stays in the address line is seen by whoever looks over a shoulder.
        const cookie = knows(token, request.ip, given);
        if (cookie !== undefined) void reply.header('set-cookie', cookie);
        return reply.code(303).header('location', './').send();
      }
      if (existsSync(join(pageDir, 'index.html'))) return reply.sendFile('index.html');
      return reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT);
    },
  );
  app.get<{ Params: { '*': string } }>('/*', { schema: { hide: true } }, (request, reply) => {
    const path = request.params['*'];
    if (!OURS.test(path) || path.startsWith('api/')) {
      throw new DashboardError('not_found', 'There is nothing here.');
    }
    if (path.startsWith('assets/')) void reply.header('cache-control', FOR_GOOD);
    return reply.sendFile(path);
  });
}

/** A wrong one is counted; the page then asks for it. */
function knows(token: TokenGuard, address: string, given: unknown): string | undefined {
  try {
    return token.cookieFor(address, typeof given === 'string' ? given : '');
  } catch (error) {
    if (error instanceof DashboardError) return undefined;
    throw error;
  }
}
