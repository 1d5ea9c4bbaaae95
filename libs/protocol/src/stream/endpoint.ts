/**
 * What can be wrong with an endpoint, said in words. The port is checked here because ZeroMQ takes
 * any number and uses its lower 16 bits: `tcp://127.0.0.1:99999` would quietly be port 34463.
 */
import { ProtocolError } from '../errors.js';

/** Throws ProtocolError `endpoint_invalid` for what is not an endpoint. */
export function checkEndpoint(endpoint: string, use: 'bind' | 'connect'): void {
  const tcp = /^tcp:\/\/.+:(\d{1,5}|\*)$/.exec(endpoint);
  const other = /^(?:ipc|inproc):\/\/.+$/.test(endpoint);
  const port = tcp?.[1] === '*' ? 0 : Number(tcp?.[1] ?? -1);
  const lowest = use === 'bind' ? 0 : 1;
  if (other || (port >= lowest && port <= 65_535)) return;
  throw new ProtocolError(
    'endpoint_invalid',
    `"${endpoint}" is not an endpoint to ${use} to; it has the form tcp://127.0.0.1:5701, ` +
      `with a port from 1 to 65535`,
  );
}

/** What ZeroMQ threw at `bind` or `connect`, as a ProtocolError; anything unknown as it is. */
export function endpointError(error: unknown, endpoint: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new ProtocolError(
      'endpoint_busy',
      `another program listens at ${endpoint} already (this one, started twice?): ` +
        `stop it, or choose another port`,
      { cause: error },
    );
  }
  if (typeof code !== 'string' || !UNUSABLE.has(code)) return error;
  return new ProtocolError(
    'endpoint_invalid',
    `${endpoint} cannot be used (${code}): name an address of this machine and a port that this ` +
      `user may open, for example tcp://127.0.0.1:5701`,
    { cause: error },
  );
}

const UNUSABLE = new Set([
  'EACCES',
  'EADDRNOTAVAIL',
  'EINVAL',
  'ENAMETOOLONG',
  'ENODEV',
  'ENOENT',
  'ENOTSUP',
  'EPROTONOSUPPORT',
]);
