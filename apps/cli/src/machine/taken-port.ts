/** Whether somebody listens at a port of this computer. */
import { connect } from 'node:net';

/** @param host an address of this computer */
export function isTaken(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect({ port, host, timeout: 1000 });
    const settle = (taken: boolean) => {
      socket.destroy();
      done(taken);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
