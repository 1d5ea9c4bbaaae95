/**
 * A link to a serial server (`tcp://host:port`, raw bytes both ways).
 *
 * A peer that lost its power says nothing. Keep-alive finds it only on an idle connection, and this
 * one is never idle: unanswered polls wait for their acknowledgement, for about 15 minutes by TCP's
 * own rules. A silent meter looks just the same. So after `silenceMs` without a byte the connection is
 * made anew, which does no harm to a silent meter and tells the two apart.
 */
import { connect, type Socket } from 'node:net';
import { LinkError } from './link-error.js';
import type { Timers } from './timers.js';
import { every } from './timers.js';
import type { Link, LinkEvents } from './link.js';

export interface TcpLinkOptions {
  readonly host: string;
  readonly port: number;
  readonly timers: Timers;
  readonly connectMs?: number;
  readonly silenceMs?: number;
}

export async function openTcpLink(options: TcpLinkOptions, events: LinkEvents): Promise<Link> {
  const { host, port, timers, connectMs = 5000, silenceMs = 30_000 } = options;
  const name = `tcp://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const socket = await connected(host, port, timers, connectMs).catch((cause: unknown) => {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new LinkError(
      'host_unreachable',
      `The serial server ${name} cannot be reached (${said}): check its power, its network and ` +
        `[device] port.`,
      { cause },
    );
  });
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 5000);

  let over = false;
  let heard = true;
  const end = (): void => {
    over = true;
    stopWatching();
    socket.destroy();
  };
  const lost = (error: LinkError): void => {
    if (over) return;
    end();
    events.lost(error);
  };
  const stopWatching = every(timers, silenceMs, () => {
    if (!heard) {
      lost(new LinkError('peer_silent', `Nothing came from ${name} for a while: connecting anew.`));
    }
    heard = false;
  });
  let cause: Error | undefined;
  socket.on('data', (chunk) => {
    heard = true;
    if (!over) events.data(chunk);
  });
  socket.on('error', (error) => {
    cause = error;
  });
  socket.on('close', () => {
    const why = cause === undefined ? '' : ` (${cause.message})`;
    lost(
      new LinkError('link_lost', `The serial server ${name} closed the connection${why}.`, {
        cause,
      }),
    );
  });

  return {
    port: name,
    write(bytes) {
      if (over || socket.writableLength > 0) return false;
      socket.write(bytes);
      return true;
    },
    close() {
      end();
      return Promise.resolve();
    },
  };
}

function connected(host: string, port: number, timers: Timers, connectMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const cancel = timers.after(connectMs, () => {
      socket.destroy(new Error(`no answer within ${connectMs / 1000} s`));
    });
    socket.once('connect', () => {
      cancel();
      socket.off('error', failed);
      resolve(socket);
    });
    const failed = (error: Error): void => {
      cancel();
      reject(error);
    };
    socket.once('error', failed);
  });
}
