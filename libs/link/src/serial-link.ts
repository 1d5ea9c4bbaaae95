/**
 * A link over a serial port. The port is never paused: an unplug shows itself only to a read that
 * is under way, so a paused port would look healthy for ever.
 */
import { SerialPortStream } from '@serialport/stream';
import { LinkError } from './link-error.js';
import type { LineSettings, Link, LinkEvents } from './link.js';
import { serialBinding } from './serial-binding.js';
import { serialFailure } from './serial-failure.js';

export async function openSerialLink(
  path: string,
  line: LineSettings,
  events: LinkEvents,
): Promise<Link> {
  const port = new SerialPortStream({
    binding: serialBinding,
    path,
    baudRate: line.baud,
    dataBits: line.dataBits,
    stopBits: line.stopBits,
    parity: line.parity,
    autoOpen: false,
  });
  const failure = await new Promise<Error | null>((resolve) => {
    port.open(resolve);
  });
  if (failure !== null) throw await serialFailure(path, failure);

  let over = false;
  const lost = (cause: Error | null): void => {
    if (over) return;
    over = true;
    if (port.isOpen) port.close(ignored);
    events.lost(new LinkError('link_lost', `${path} is gone: was it unplugged?`, { cause }));
  };
  port.on('data', (chunk: Buffer) => {
    if (!over) events.data(chunk);
  });
  // Which of the three comes depends on the platform and on whether a read or a write was hit first.
  port.on('close', lost);
  port.on('error', lost);
  port.on('end', () => {
    lost(null);
  });

  let leaving = false;
  return {
    port: path,
    write(bytes) {
      if (leaving || over) return false;
      leaving = true;
      port.write(bytes, (error) => {
        leaving = false;
        if (error) lost(error);
      });
      return true;
    },
    close() {
      over = true;
      return new Promise((resolve) => {
        if (port.isOpen) {
          port.close(() => {
            resolve();
          });
        } else resolve();
      });
    },
  };
}

/** Closing a port whose device is gone may fail; the link is over either way. */
function ignored(): void {}
