/** A browser says the token once; see `TokenGuard`. */
import { loggedInSchema, loginSchema } from '../../api/login.js';
import type { App } from '../app.js';
import type { TokenGuard } from '../guards/token-guard.js';
import { errorResponses } from '../openapi.js';

export function loginRoutes(app: App, token: TokenGuard): void {
  app.post(
    '/api/login',
    {
      schema: {
        summary: 'Says the token once: the answer sets a cookie.',
        tags: ['login'],
        body: loginSchema,
        response: { 200: loggedInSchema, ...errorResponses },
      },
    },
    async (request, reply) => {
      const cookie = token.cookieFor(request.ip, request.body.token);
      if (cookie !== undefined) void reply.header('set-cookie', cookie);
      return { token_needed: token.needed };
    },
  );
}
