/** `elmetron ports`. */
import { isMeterAdapter, listPorts, type ListedPort } from '@elmetron/link';
import type { CommandContext } from '../../context.js';
import { EXIT, type ExitCode } from '../../exit-codes.js';
import { table } from '../../terminal/table.js';

export async function showPorts({ voice }: CommandContext): Promise<ExitCode | undefined> {
  const ports = await listPorts();
  if (voice.json) {
    for (const port of ports) voice.value(asValue(port));
  } else if (ports.length > 0) {
    for (const line of portTable(ports)) voice.line(line);
  }
  if (ports.length > 0) return undefined;
  voice.complain('not_there', 'This computer has no serial port. Plug the adapter in.');
  return EXIT.notThere;
}

function asValue(port: ListedPort) {
  const { path, vendorId, productId, manufacturer, serialNumber } = port;
  return {
    path,
    vendor_id: vendorId ?? null,
    product_id: productId ?? null,
    manufacturer: manufacturer ?? null,
    serial_number: serialNumber ?? null,
    looks_like_a_meter: isMeterAdapter(port),
  };
}

export function portTable(ports: readonly ListedPort[]): string[] {
  return table<ListedPort>(
    [
      { title: 'PORT', of: ({ path }) => path },
      { title: 'USB', of: usbOf },
      { title: 'MAKER', of: ({ manufacturer }) => manufacturer ?? '-' },
      { title: 'SERIAL NUMBER', of: ({ serialNumber }) => serialNumber ?? '-' },
      {
        title: 'LOOKS LIKE',
        of: (port) => (isMeterAdapter(port) ? 'a meter (FTDI adapter)' : '-'),
      },
    ],
    ports,
  );
}

function usbOf({ vendorId, productId }: ListedPort): string {
  return vendorId === undefined ? '-' : `${vendorId}:${productId ?? '?'}`;
}
