import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../eventually.js';
import { greeting, message } from '../hostile/zmtp.js';
import { Relay } from './relay.js';

const host = '127.0.0.1';
const until = (what: string, holds: () => boolean) => eventually(what, holds, 10_000);

/** An acquisition and a writer of nothing but sockets, a relay between them, and everything in its order. */
async function between() {
  const order: string[] = [];
  const broken: Error[] = [];
  const accepted: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(socket);
    socket.on('data', (bytes) =>
      order.push(`acquisition has ${bytes.toString('latin1').slice(-5)}`),
    );
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  onTestFinished(() => {
    accepted.forEach((socket) => socket.destroy());
    server.close();
  });
  const relay = await Relay.open({
    listen: { host, port: 0 },
    target: { host, port: (server.address() as AddressInfo).port },
    witness: {
      fromSource: ([body]) => order.push(`seen ${String(body)}`),
      fromConsumer: ([body]) => order.push(`seen ${String(body)}`),
    },
    failed: (error) => broken.push(error),
  });
  onTestFinished(() => relay.close());
  const writer = connect({ host, port: relay.port, allowHalfOpen: true });
  onTestFinished(() => void writer.destroy());
  let received = '';
  let ended = false;
  let closed = false;
  writer.on('data', (bytes) => (received += bytes.toString('latin1')));
  writer.on('end', () => (ended = true));
  writer.on('close', () => (closed = true));
  writer.on('error', () => undefined);
  await until('a connection', () => accepted.length === 1);
  return {
    relay,
    order,
    broken,
    writer,
    acquisition: accepted[0]!,
    received: () => received,
    ended: () => ended,
    closed: () => closed,
  };
}

describe('relay', () => {
  it('shows a message to the witness before it hands on its end', async () => {
    const { writer, order } = await between();
    writer.write(greeting());
    await until('the greeting', () => order.length === 1);
    writer.write(message('ack 7'));
    await until('the message', () => order.length === 3);
    expect(order.slice(1)).toEqual(['seen ack 7', 'acquisition has ack 7']);
  });

  it('hands on every byte, much more than any buffer holds, in both directions', async () => {
    const { writer, acquisition, received } = await between();
    const bulk = message('x'.repeat(5_000_000));
    let back = 0;
    acquisition.on('data', (bytes) => (back += bytes.length));
    acquisition.write(greeting());
    acquisition.write(bulk);
    writer.write(greeting());
    writer.write(bulk);
    const size = 64 + bulk.length;
    await until('all of it', () => received().length === size && back === size);
  });

  it('cuts both ends, and takes the next connection', async () => {
    const { relay, closed, acquisition } = await between();
    relay.cut();
    await until('the end', () => closed() && acquisition.destroyed);
    expect(relay.connections).toBe(0);
  });

  it('closes one direction only', async () => {
    const { relay, writer, order, ended, closed } = await between();
    relay.halfClose();
    await until('the end', ended);
    writer.write(greeting());
    await until('what still passes', () => order.length === 1);
    expect(closed()).toBe(false);
  });

  it('holds everything up until it may pass', async () => {
    const { relay, writer, acquisition, order, received } = await between();
    relay.holdUp();
    writer.write(greeting());
    acquisition.write(greeting());
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([order, received()]).toEqual([[], '']);
    relay.letPass();
    await until('what was held up', () => order.length === 1 && received() !== '');
  });

  it('says so when it cannot read what passes: there is no proof then', async () => {
    const { writer, broken, ended } = await between();
    writer.write('GET / HTTP/1.1');
    await until('the complaint', () => broken.length === 1 && ended());
  });
});
