/**
 * `port = "auto"`: the meter's own USB bridge is an FTDI chip, so the first FTDI adapter is taken to
 * be the meter. Looked for anew at every try: after a replug the path may be another one.
 */
import { LinkError } from './link-error.js';

const FTDI_VENDOR = '0403';

/** A serial port of this machine, with what its adapter says of itself. */
export interface ListedPort {
  readonly path: string;
  /** USB, four hex digits. */
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  readonly manufacturer?: string | undefined;
  /** Of the adapter, not of the meter. */
  readonly serialNumber?: string | undefined;
}

/** Whether a port looks like the meter's own bridge. */
export function isMeterAdapter({ vendorId }: ListedPort): boolean {
  return vendorId?.toLowerCase() === FTDI_VENDOR;
}

export async function findPort(list: () => Promise<readonly ListedPort[]>): Promise<string> {
  const ports = await listedBy(list);
  const adapter = ports.find(isMeterAdapter);
  if (adapter !== undefined) return adapter.path;
  const others = ports.map(({ path }) => path).join(', ');
  throw new LinkError(
    'port_missing',
    `No FTDI adapter is plugged in (other ports: ${others === '' ? 'none' : others}): plug the meter ` +
      `in, or name its port in [device] port.`,
  );
}

/** In the order in which people count. Rejects with LinkError `port_missing` where they cannot be listed. */
export async function listedBy(
  list: () => Promise<readonly ListedPort[]>,
): Promise<readonly ListedPort[]> {
  const ports = await list().catch((cause: unknown) => {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new LinkError(
      'port_missing',
      `The serial ports of this machine cannot be listed (${said}): name the meter's port in ` +
        `[device] port instead of "auto".`,
      { cause },
    );
  });
  return [...ports].sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}
