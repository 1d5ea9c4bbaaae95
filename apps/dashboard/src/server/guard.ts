/** What every request has to pass before anything of it is looked at. */
import type { AppConfig } from '@elmetron/runtime';
import { DashboardError } from '../dashboard-error.js';
import type { App } from './app.js';
import { hostGuard } from './guards/host-guard.js';
import { isOwnOrigin } from './guards/origin-guard.js';
import type { TokenGuard } from './guards/token-guard.js';
import { SECURITY_HEADERS } from './headers.js';

type Settings = Pick<AppConfig['dashboard'], 'host' | 'port' | 'allowed_hosts'>;

/** The page itself, and how the process is: a link may lead there, and nobody has to say who he is. */
const WITHOUT_DATA: ReadonlySet<string> = new Set(['/', '/*', '/health']);

export function guard(app: App, settings: Settings, token: TokenGuard): void {
  const isOwnHost = hostGuard(settings);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    const { host, origin, authorization, cookie } = request.headers;
    const { localAddress } = request.socket;
    if (!isOwnHost({ host, localAddress })) {
      throw new DashboardError(
        'host_refused',
        `This page is not known as "${(host ?? '').slice(0, 100)}". If it is meant to be, add that name to dashboard.allowed_hosts.`,
      );
    }
    // By the route that was found, not by how its address was written.
    const { url: route = '' } = request.routeOptions;
    const toApi = !WITHOUT_DATA.has(route);
    const fetchSite = textOf(request.headers['sec-fetch-site']);
    if (!isOwnOrigin({ host, origin, fetchSite, toApi })) {
      throw new DashboardError('origin_refused', 'Another web page may not ask here.');
    }
    if (toApi && route !== '/api/login')
      token.check({ address: request.ip, authorization, cookie });
  });
}

function textOf(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.join(', ');
}
