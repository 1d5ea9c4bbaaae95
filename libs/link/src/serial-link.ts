/**
 * A link over a serial port. There is always a read under way: an unplug shows itself only to one, so a port
 * that is not read would look healthy for ever.
 *
 * The port's binding is used as it is, without the stream that the library puts around it: what comes is handed on at
 * once and nothing is ever held back, so the stream's queues and events were work for nothing, with each piece anew.
 */
import { LinkError } from './link-error.js';
import type { LineSettings, Link, LinkEvents } from './link.js';
import { serialBinding } from './serial-binding.js';
import { serialFailure } from './serial-failure.js';

type Port = Awaited<ReturnType<typeof serialBinding.open>>;

/** Many times what a port has to give at once. */
const READ_BYTES = 65_536;

export async function openSerialLink(
  path: string,
  line: LineSettings,
  events: LinkEvents,
): Promise<Link> {
  const port = await open(path, line);
  let over = false;
  const lost = (cause: unknown): void => {
    if (over) return;
    over = true;
    // Closing a port whose device is gone may fail; the link is over either way.
    close(port).catch(() => undefined);
    events.lost(new LinkError('link_lost', `${path} is gone: was it unplugged?`, { cause }));
  };
  void listen(
    port,
    (chunk) => {
      if (!over) events.data(chunk);
    },
    lost,
  );

  let leaving = false;
  return {
    port: path,
    write(bytes) {
      if (leaving || over) return false;
      leaving = true;
      port.write(bytes).then(() => {
        leaving = false;
      }, lost);
      return true;
    },
    async close() {
      over = true;
      await close(port).catch(() => undefined);
    },
  };
}

async function open(path: string, line: LineSettings): Promise<Port> {
  try {
    return await serialBinding.open({
      path,
      baudRate: line.baud,
      dataBits: line.dataBits,
      stopBits: line.stopBits,
      parity: line.parity,
    });
  } catch (failure) {
    throw await serialFailure(
      path,
      failure instanceof Error ? failure : new Error(String(failure)),
    );
  }
}

/** Hands on what comes until the port is lost or closed; what `take` throws is nobody's to catch here. */
async function listen(
  port: Port,
  take: (chunk: Buffer) => void,
  lost: (cause: unknown) => void,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (;;) {
    let bytes: number;
    try {
      ({ bytesRead: bytes } = await port.read(buffer, 0, buffer.length));
    } catch (cause) {
      lost(cause);
      return;
    }
    // There was something to read, and it is the end: whatever the port belonged to is gone.
    if (bytes === 0) {
      lost(undefined);
      return;
    }
    take(Buffer.from(buffer.subarray(0, bytes)));
  }
}

async function close(port: Port): Promise<void> {
  if (port.isOpen) await port.close();
}
