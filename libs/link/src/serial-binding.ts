/**
 * The serial ports of this platform. The library reads a port of Linux or macOS in its thread pool, twice for each
 * piece that comes (the second time to find nothing), and writes there too: of a reading's way that was the dearest
 * part. Such a port never blocks, so here it is read when there is something to read, and written to, on the spot.
 */
import { readSync, writeSync } from 'node:fs';
import {
  BindingsError,
  DarwinPortBinding,
  LinuxPortBinding,
  type BindingInterface,
} from '@serialport/bindings-cpp';
import { SerialPort } from 'serialport';

const detected = SerialPort.binding as BindingInterface;

export const serialBinding: BindingInterface = {
  list: () => detected.list(),
  async open(options) {
    const port = await detected.open(options);
    if (port instanceof LinuxPortBinding || port instanceof DarwinPortBinding) onTheSpot(port);
    return port;
  },
};

type UnixPort = LinuxPortBinding | DarwinPortBinding;

function onTheSpot(port: UnixPort): void {
  const inPool = port.write.bind(port);
  port.read = async (buffer, offset, length) => {
    for (;;) {
      await readable(port);
      const bytesRead = taken(() => readSync(descriptorOf(port), buffer, offset, length, null));
      if (bytesRead !== undefined) return { buffer, bytesRead };
    }
  };
  port.write = async (bytes) => {
    const written = taken(() => writeSync(descriptorOf(port), bytes)) ?? 0;
    if (written < bytes.length) await inPool(bytes.subarray(written));
  };
}

/** Resolves when a read would not wait; rejects as cancelled when the port is closed. */
function readable({ poller }: UnixPort): Promise<void> {
  return new Promise((resolve, reject) => {
    poller.once('readable', (error: Error | null) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

function descriptorOf({ fd }: UnixPort): number {
  if (fd === null) throw new BindingsError('the port is closed', { canceled: true });
  return fd;
}

/** Undefined: the port gives or takes nothing just now. */
function taken(operation: () => number): number | undefined {
  try {
    return operation();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EAGAIN' || code === 'EWOULDBLOCK' || code === 'EINTR') return undefined;
    throw error;
  }
}
