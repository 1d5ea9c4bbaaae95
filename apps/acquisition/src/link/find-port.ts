/**
 * `port = "auto"`: the meter's own USB bridge is an FTDI chip, so the first FTDI adapter is taken to
 * be the meter. Looked for anew at every try: after a replug the path may be another one.
 */
import { LinkError } from './link-error.js';

const FTDI_VENDOR = '0403';

/** The part of a listed port that matters here. */
export interface ListedPort {
  readonly path: string;
  readonly vendorId?: string | undefined;
}

export async function findPort(list: () => Promise<readonly ListedPort[]>): Promise<string> {
  const ports = await list().catch((cause: unknown) => {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new LinkError(
      'port_missing',
      `The serial ports of this machine cannot be listed (${said}): name the meter's port in ` +
        `[device] port instead of "auto".`,
      { cause },
    );
  });
  const adapter = ports
    .filter(({ vendorId }) => vendorId?.toLowerCase() === FTDI_VENDOR)
    .sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }))[0];
  if (adapter !== undefined) return adapter.path;
  const others = ports.map(({ path }) => path).join(', ');
  throw new LinkError(
    'port_missing',
    `No FTDI adapter is plugged in (other ports: ${others === '' ? 'none' : others}): plug the meter ` +
      `in, or name its port in [device] port. Looking again until there is one.`,
  );
}
