import { connect, type Socket } from 'node:net';
import { decodeFrame, Framer, POLL } from '@elmetron/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Meter } from '../meter.js';
import { eventually } from '../testing/eventually.js';

async function start(): Promise<{ meter: Meter; port: number }> {
  const meter = await Meter.start({ tcp: { host: '127.0.0.1', port: 0 } });
  onTestFinished(() => meter.stop());
  return { meter, port: Number(meter.tcpAddress?.split(':')[1]) };
}

async function join(port: number) {
  const socket: Socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const framer = new Framer();
  const frames: Buffer[] = [];
  socket.on('data', (chunk) => {
    for (const { kind, bytes } of framer.push(chunk)) {
      if (kind === 'frame' && decodeFrame(bytes).ok) frames.push(bytes);
    }
  });
  let closed = false;
  socket.on('close', () => (closed = true));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  return {
    socket,
    frames,
    closed: () => closed,
    exchange: async () => {
      const before = frames.length;
      socket.write(POLL);
      await eventually('an answer', () => frames.length > before);
    },
  };
}

describe('a meter on TCP', () => {
  it('answers polls', async () => {
    const { port } = await start();
    const host = await join(port);
    for (let i = 0; i < 5; i += 1) await host.exchange();
    expect(host.frames).toHaveLength(5);
  });

  it('is gone while unplugged, and back at the same port', async () => {
    const { meter, port } = await start();
    const host = await join(port);
    await host.exchange();
    await meter.unplug();
    await eventually('the host to notice', host.closed);
    await meter.plug();
    expect(meter.tcpAddress).toBe(`127.0.0.1:${port}`);
    const again = await join(port);
    await again.exchange();
  });

  it('serves the newest host', async () => {
    const { port } = await start();
    const first = await join(port);
    await first.exchange();
    const second = await join(port);
    await second.exchange();
    await eventually('the first to be dropped', first.closed);
    expect(first.frames).toHaveLength(1);
  });

  it('says when the address is taken', async () => {
    const { port } = await start();
    await expect(Meter.start({ tcp: { host: '127.0.0.1', port } })).rejects.toMatchObject({
      code: 'address_unusable',
    });
  });
});
