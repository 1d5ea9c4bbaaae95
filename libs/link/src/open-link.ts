/** `[device] port` in the configuration's words, to a link of the right kind. */
import { LinkError } from './link-error.js';
import type { Timers } from './timers.js';
import { findPort } from './find-port.js';
import type { OpenLink } from './link.js';
import { serialBinding } from './serial-binding.js';
import { openSerialLink } from './serial-link.js';
import { openTcpLink } from './tcp-link.js';

/** Where the emulated meter offers its pseudo-terminal, relative to the working directory. */
export const EMULATOR_PATH = 'data/demo/meter';

export function linkTo(port: string, timers: Timers): OpenLink {
  if (port === 'auto') {
    return async (line, events) =>
      openSerialLink(await findPort(() => serialBinding.list()), line, events);
  }
  if (port === 'emulator') {
    return (line, events) =>
      openSerialLink(EMULATOR_PATH, line, events).catch((error: unknown) => {
        if (error instanceof LinkError && error.code === 'port_missing') {
          throw new LinkError(
            'port_missing',
            `The emulated meter does not run (nothing at ${EMULATOR_PATH}): "npm start" starts it, or ` +
              `set [device] port to a real one.`,
            { cause: error },
          );
        }
        throw error;
      });
  }
  if (port.startsWith('tcp://')) {
    const { host, number } = serialServer(port);
    return (_line, events) => openTcpLink({ host, port: number, timers }, events);
  }
  return (line, events) => openSerialLink(port, line, events);
}

function serialServer(port: string): { host: string; number: number } {
  const [, bracketed, plain, digits] =
    /^tcp:\/\/(?:\[([^\]]+)\]|([^:/[\]]+)):(\d+)$/.exec(port) ?? [];
  const host = bracketed ?? plain;
  const number = Number(digits);
  if (host === undefined || !(number > 0 && number < 65_536)) {
    throw new LinkError(
      'host_unreachable',
      `[device] port = "${port}" is no serial server: write "tcp://host:port", for example "tcp://10.0.0.7:4001".`,
    );
  }
  return { host, number };
}
