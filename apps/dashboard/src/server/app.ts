/**
 * The server: what guards it, the API below /api, the page itself, and /health as every process has it. It is made
 * anew for each try to listen.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import swagger from '@fastify/swagger';
import {
  fastify,
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawServerDefault,
} from 'fastify';
import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { answerErrors, send } from './errors.js';
import { guard } from './guard.js';
import { describeApi, openApi } from './openapi.js';
import type { DashboardParts } from './parts.js';
import { exportRoute } from './routes/export.js';
import { healthRoute } from './routes/health.js';
import { liveRoutes } from './routes/live.js';
import { loginRoutes } from './routes/login.js';
import { noteRoutes } from './routes/notes.js';
import { pageRoutes } from './routes/page.js';
import { sessionRoutes } from './routes/sessions.js';
import { systemRoutes } from './routes/system.js';
import { TokenGuard } from './guards/token-guard.js';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** The largest body: a note with its author. */
const BODY_BYTES = 16_384;
const MOST_CONNECTIONS = 500;

/** Ready, and not listening yet. */
export async function dashboardApp(parts: DashboardParts): Promise<App> {
  const { log, settings, clock } = parts;
  const app: App = fastify({
    bodyLimit: BODY_BYTES,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    // A page that listens would keep the process from its end.
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => {
      void send(error, request, reply, log);
    },
    clientErrorHandler: (_, socket) => {
      socket.destroy();
    },
  }).withTypeProvider<ZodTypeProvider>();
  app.server.maxConnections = MOST_CONNECTIONS;
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // Nothing but JSON is taken.
  app.removeContentTypeParser('text/plain');
  const token = new TokenGuard(settings, () => clock.monotonic());
  answerErrors(app, log);
  guard(app, settings, token);
  app.addHook('preClose', () => {
    parts.broadcast.endPages();
  });
  await app.register(swagger, openApi(parts.version));
  healthRoute(app, parts);
  await app.register((api: App, _: object, done: () => void) => {
    liveRoutes(api, parts);
    sessionRoutes(api, parts);
    exportRoute(api, parts);
    noteRoutes(api, parts);
    systemRoutes(api, parts);
    loginRoutes(api, token);
    describeApi(api);
    done();
  });
  await pageRoutes(app, parts, token);
  await app.ready();
  return app;
}
