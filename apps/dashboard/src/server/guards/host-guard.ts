/**
 * Whether a request asks for this page under one of its own names. A page elsewhere can make a browser here ask
 * under a name that it has pointed at this computer (DNS rebinding); such a name is none of ours.
 */
import type { AppConfig } from '@elmetron/runtime';

export interface HostRequest {
  /** The header `Host`. */
  readonly host: string | undefined;
  /** The address at which the connection came in. */
  readonly localAddress: string | undefined;
}

type Settings = Pick<AppConfig['dashboard'], 'host' | 'port' | 'allowed_hosts'>;

const ALWAYS = ['127.0.0.1', 'localhost', '[::1]'];
const EVERYWHERE = new Set(['0.0.0.0', '::']);

export function hostGuard({ host, port, allowed_hosts }: Settings): (of: HostRequest) => boolean {
  const everywhere = EVERYWHERE.has(host);
  const own = everywhere ? ALWAYS : [...ALWAYS, inBrackets(host)];
  const known = new Set(own.flatMap((name) => withPort(name, port)));
  const allowed = new Set(allowed_hosts.map((name) => name.toLowerCase()));
  return ({ host: header, localAddress }) => {
    const asked = header?.toLowerCase() ?? '';
    if (known.has(asked) || allowed.has(asked) || allowed.has(withoutPort(asked))) return true;
    if (!everywhere || localAddress === undefined) return false;
    // An address cannot be pointed elsewhere: the one that the connection came to is ours.
    const address = inBrackets(localAddress.replace(/^::ffff:(?=\d+\.)/i, ''));
    return withPort(address, port).includes(asked);
  };
}

/** A browser leaves out the port 80. */
function withPort(name: string, port: number): string[] {
  const lower = name.toLowerCase();
  return port === 80 ? [lower, `${lower}:80`] : [`${lower}:${port}`];
}

function withoutPort(host: string): string {
  return host.replace(/:\d+$/, '');
}

function inBrackets(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}
