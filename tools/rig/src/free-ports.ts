import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

/** Below those that the kernel gives to outgoing connections, which could take one at any moment. */
const FIRST = 10_240;
const BEYOND = 32_000;

/**
 * TCP ports on 127.0.0.1 that were free a moment ago, all different, and given to nobody else who asks
 * here until this process ends. Most are listened at only later, by a process that the test starts; the
 * same number among the UDP ports, which nobody uses, is held meanwhile as the sign that it is taken.
 */
export async function freePorts(
  count: number,
  draw = (): number => randomInt(FIRST, BEYOND),
): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = draw();
    if ((await isFree(port)) && (await isReserved(port))) ports.add(port);
  }
  return [...ports];
}

/** Whether nobody listens at this port of 127.0.0.1 now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

/** Whether the number is ours now. The kernel gives it back when this process ends, however it ends. */
function isReserved(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const sign = createSocket('udp4');
    sign.once('error', () => {
      resolve(false);
    });
    sign.bind({ address: '127.0.0.1', port, exclusive: true }, () => {
      sign.unref();
      resolve(true);
    });
  });
}
