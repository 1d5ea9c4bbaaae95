import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Dealer, Router } from 'zeromq';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { silentLog, systemClock } from '../ports.js';
import { encodeMessage } from './messages.js';
import { PeerMemory } from './peer-memory.js';
import { StreamClient, type StreamClientOptions } from './stream-client.js';
import type { ReceivedBatch, StreamHandler } from './stream-handler.js';
import { StreamServer, type StreamServerOptions } from './stream-server.js';
import { linesOf } from './testing/lines-of.js';
import { MemorySource } from './testing/memory-source.js';
import { RawPeer } from './testing/raw-peers.js';
import { until } from './testing/until.js';

const ends: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(
  source: MemorySource,
  options: Partial<StreamServerOptions> = {},
): Promise<StreamServer> {
  const { consumers } = source;
  const endpoint = 'tcp://127.0.0.1:*';
  const all = { endpoint, source, consumers, clock: systemClock, log: silentLog, ...options };
  const server = await StreamServer.bind(all);
  ends.push(() => server.close({ drainMs: 0 }));
  return server;
}

/** Binds as soon as the endpoint is free again. */
async function serveAgain(source: MemorySource, endpoint: string): Promise<StreamServer> {
  for (;;) {
    try {
      return await serve(source, { endpoint });
    } catch {
      await delay(10);
    }
  }
}

/** A client that acknowledges everything at once, and keeps what it got. */
class Consumer implements StreamHandler {
  readonly seen: string[] = [];
  readonly states: string[] = [];
  listed: readonly string[] | undefined;
  fencedBy: string | undefined;
  readonly client: StreamClient;

  constructor(endpoint: string, run: string, options: Partial<StreamClientOptions> = {}) {
    const common = { consumer: 'writer', window: 1000, clock: systemClock, log: silentLog };
    this.client = new StreamClient({ ...common, endpoint, run, handler: this, ...options });
    this.client.start();
    ends.push(() => this.client.stop());
  }

  welcome(_source: string, sessions: readonly string[]): void {
    this.listed = sessions;
  }

  batch({ session, first, count, bytes }: ReceivedBatch): void {
    this.seen.push(...linesOf(bytes));
    this.client.acknowledge(session, first + count - 1);
  }

  fenced(source: string): void {
    this.fencedBy = source;
  }

  connection(state: string): void {
    this.states.push(state);
  }
}

function lines(session: string, from: number, to: number): string[] {
  return Array.from({ length: to - from + 1 }, (_, i) => `${session}:${from + i}`);
}

function sourceOf(records: number, consumers = ['writer']): MemorySource {
  const source = new MemorySource(consumers);
  source.begin('a');
  source.append('a', records);
  return source;
}

/** A DEALER that has said hello and otherwise does what the test says. */
async function rawDealer(endpoint: string, consumer: string): Promise<Dealer> {
  const socket = new Dealer({ linger: 0, receiveHighWaterMark: 1, receiveBufferSize: 4096 });
  ends.push(() => socket.close());
  socket.connect(endpoint);
  await socket.send(encodeMessage({ type: 'hello', consumer, run: 'raw', window: 1_000_000 }));
  return socket;
}

describe('server and client', () => {
  it('carry everything, once and in order, and what comes later too', async () => {
    const source = sourceOf(5000);
    const server = await serve(source);
    const consumer = new Consumer(server.endpoint, 'r1');
    await until(() => consumer.seen.length === 5001);
    source.append('a', 3);
    server.wake();
    expect(await server.drained(5000)).toBe(true);
    source.begin('b');
    source.finish('a');
    server.wake();
    await until(() => consumer.listed?.join() === 'b');
    expect(consumer.seen).toEqual([...lines('a', 0, 5003), 'b:0']);
    expect(consumer.states).toEqual(['connecting', 'connected']);
    expect(server.counters).toMatchObject({ records: 5005, redelivered: 0, acksIgnored: 0 });
    expect(consumer.client.counters).toMatchObject({ records: 5005, duplicates: 0, gaps: 0 });
  });

  it('let nothing lie that has arrived, however evenly it comes', async () => {
    let longest = 0;
    // With so slow a heartbeat nothing else wakes what waits.
    const slow = { heartbeatMs: 10_000, silenceMs: 50_000 };
    const pairs = await Promise.all(
      Array.from({ length: 16 }, async () => {
        const source = sourceOf(0);
        const server = await serve(source, slow);
        const consumer = new Consumer(server.endpoint, 'r1', slow);
        await until(() => consumer.seen.length === 1);
        /** When each record was made, by its number, until it is acknowledged. */
        const made = new Map<number, number>();
        source.onAcknowledge = (_, __, acknowledged) => {
          for (const [seq, at] of made) {
            if (seq > acknowledged) continue;
            longest = Math.max(longest, performance.now() - at);
            made.delete(seq);
          }
        };
        return { source, server, made };
      }),
    );
    for (let turn = 1; turn <= 240; turn += 1) {
      for (const { source, server, made } of pairs) {
        made.set(turn, performance.now());
        source.append('a', 1);
        server.wake();
      }
      await delay(12);
    }
    for (const { server } of pairs) expect(await server.drained(15_000)).toBe(true);
    expect(longest).toBeLessThan(3000);
  });

  it('find each other whoever is there first', async () => {
    const early = await serve(sourceOf(0));
    const { endpoint } = early;
    await early.close({ drainMs: 0 });
    const consumer = new Consumer(endpoint, 'r1');
    await delay(50);
    await serveAgain(sourceOf(10), endpoint);
    await until(() => consumer.seen.length === 11, 1500);
  });

  it('go on as soon as the server comes back, without loss or doubling', async () => {
    const source = sourceOf(0);
    let server = await serve(source);
    const { endpoint } = server;
    // With so slow a heartbeat only the lost connection itself can tell.
    const options = { window: 100, heartbeatMs: 100_000, silenceMs: 500_000 };
    const consumer = new Consumer(endpoint, 'r1', options);
    for (let life = 1; life <= 3; life += 1) {
      source.append('a', 5000);
      server.wake();
      await until(() => consumer.seen.length > life * 5000 - 4000);
      await server.close({ drainMs: 0 });
      source.rollBack(50);
      server = await serveAgain(source, endpoint);
      source.append('a', 1);
      const before = consumer.seen.length;
      await until(() => consumer.seen.length > before);
    }
    await until(() => consumer.seen.length === 15_004);
    expect(consumer.seen).toEqual(lines('a', 0, 15_003));
    expect(consumer.client.counters.duplicates).toBeGreaterThan(0);
  });

  it('look after memory with what comes, for as long as they are there', async () => {
    const ends = { server: vi.fn(), client: vi.fn() };
    const ofServer = new PeerMemory();
    const ofClient = new PeerMemory();
    const awake = { server: vi.spyOn(ofServer, 'awake'), client: vi.spyOn(ofClient, 'awake') };
    vi.spyOn(ofServer, 'watch').mockReturnValue(ends.server);
    vi.spyOn(ofClient, 'watch').mockReturnValue(ends.client);
    const server = await serve(sourceOf(10), { memory: ofServer });
    const consumer = new Consumer(server.endpoint, 'r1', { memory: ofClient });
    expect(await server.drained(5000)).toBe(true);
    expect(awake.client).toHaveBeenCalled();
    const heard = awake.server.mock.calls.length;
    expect(heard).toBeGreaterThan(0);
    server.wake();
    expect(awake.server).toHaveBeenCalledTimes(heard + 1);
    expect(ends.client).not.toHaveBeenCalled();
    await consumer.client.stop();
    await server.close({ drainMs: 0 });
    expect(ends.client).toHaveBeenCalledOnce();
    expect(ends.server).toHaveBeenCalledOnce();
  });

  it('leave no handle behind', async () => {
    const before = process.getActiveResourcesInfo().length;
    for (let i = 0; i < 10; i += 1) {
      const server = await serve(sourceOf(10));
      const consumer = new Consumer(server.endpoint, 'r1');
      await until(() => consumer.seen.length === 11);
      await consumer.client.stop();
      await server.close({ drainMs: 1000 });
    }
    await until(() => process.getActiveResourcesInfo().length < before + 5);
  });
});

describe('other programs', () => {
  it('as consumers, killed: the next run gets the rest', async () => {
    const source = sourceOf(20_000);
    const server = await serve(source);
    const first = new RawPeer('consumer', server.endpoint, 'r0');
    ends.push(() => first.kill());
    await until(() => first.numbers.length > 20);
    await first.kill();
    const acknowledged = source.acknowledged('writer', 'a');
    expect(acknowledged).toBeGreaterThan(0);
    const consumer = new Consumer(server.endpoint, 'r1');
    await until(() => source.acknowledged('writer', 'a') === 20_000);
    const begun = Number(consumer.seen[0]?.split(':')[1]);
    expect(begun).toBeLessThanOrEqual(acknowledged + 51);
    expect(consumer.seen).toEqual(lines('a', begun, 20_000));
  });

  it('as consumers, frozen: others are served, and it is forgotten', async () => {
    const source = sourceOf(1000, ['writer', 'mirror']);
    const server = await serve(source, { heartbeatMs: 50, silenceMs: 250 });
    const frozen = new RawPeer('consumer', server.endpoint, 'r0');
    ends.push(() => frozen.kill());
    await until(() => frozen.numbers.length > 0);
    frozen.freeze();
    const options = { consumer: 'mirror', heartbeatMs: 50, silenceMs: 250 };
    const consumer = new Consumer(server.endpoint, 'r1', options);
    await until(() => consumer.seen.length === 1001);
    await until(() => server.consumers()[0]?.connected === false);
  });

  it('as sources, killed: the client goes on with the next one', async () => {
    const probe = await serve(sourceOf(0));
    const { endpoint } = probe;
    await probe.close({ drainMs: 0 });
    let raw = new RawPeer('source', endpoint, '0');
    ends.push(() => raw.kill());
    // A source that neither refuses nor has a heartbeat is left for a new connection when it is silent.
    // It needs longer than any start of a process on a busy machine, or it is left again and again.
    const options = { heartbeatMs: 100, silenceMs: 1500 };
    const consumer = new Consumer(endpoint, 'r1', options);
    await until(() => consumer.seen.length === 401 && raw.numbers.includes(400), 10_000);
    await raw.kill();
    raw = new RawPeer('source', endpoint, '390');
    await until(() => raw.numbers.includes(400), 10_000);
    expect(consumer.seen).toEqual(lines('a', 0, 400));
    expect(consumer.client.counters.duplicates).toBeGreaterThan(0);
  });

  it('that speak no stream, too much or no ZeroMQ are ignored', async () => {
    const source = sourceOf(10);
    const server = await serve(source);
    const port = Number(server.endpoint.split(':').at(-1));
    for (const junk of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.alloc(70_000, 0xff)]) {
      const socket = connect(port, '127.0.0.1', () => socket.end(junk));
      ends.push(() => socket.destroy());
      socket.on('error', () => undefined);
    }
    const dealer = new Dealer({ linger: 0 });
    ends.push(() => dealer.close());
    dealer.connect(server.endpoint);
    await dealer.send('nonsense');
    await dealer.send(['two', 'frames']);
    await dealer.send(Buffer.alloc(20_000, 0x20));
    await until(() => server.counters.malformed === 3);
    await dealer.send(Buffer.alloc(1_000_000, 0x20));
    const consumer = new Consumer(server.endpoint, 'r1');
    await until(() => consumer.seen.length === 11);
    expect(server.counters.malformed).toBe(3);
  });

  it('that read nothing hold up nobody and are given no more than has room', async () => {
    const source = sourceOf(4000, ['writer', 'mirror']);
    const line = Buffer.alloc(20_000, 0x61);
    const read = source.read.bind(source);
    source.read = (session, after, limit) => {
      const batch = read(session, after, limit);
      return batch && { ...batch, lines: batch.lines.map(() => line) };
    };
    // However long a busy machine takes: the one that reads nothing says nothing either.
    const patient = { silenceMs: 60_000 };
    const server = await serve(source, { highWaterMark: 4, batchRecords: 20, ...patient });
    await rawDealer(server.endpoint, 'mirror');
    await until(() => server.counters.full > 0);
    const consumer = new Consumer(server.endpoint, 'r1');
    await until(() => consumer.seen.length === 4001, 20_000);
    const stuck = server.consumers()[1];
    expect(stuck?.inFlight).toBeGreaterThan(0);
    expect(stuck?.inFlight).toBeLessThan(4000);
  });
});

describe('a server', () => {
  it('lets go of all peers when they take too much memory, and serves on', async () => {
    let resident = 0;
    const memory = new PeerMemory({ resident: () => resident, growthBytes: 1000 });
    const source = sourceOf(10);
    const server = await serve(source, { memory });
    const consumer = new Consumer(server.endpoint, 'r1');
    await until(() => consumer.seen.length === 11);
    resident = 1000;
    await until(() => server.counters.overfull === 1);
    expect(server.consumers()[0]?.connected).toBe(false);
    source.append('a', 5);
    server.wake();
    await until(() => consumer.seen.length === 16);
    expect(consumer.seen).toEqual(lines('a', 0, 15));
    expect(server.counters).toMatchObject({ overfull: 1, hellos: 2 });
  });

  it('has the older of two runs fenced, over the wire', async () => {
    const source = sourceOf(10);
    const server = await serve(source);
    const older = new Consumer(server.endpoint, 'r1');
    await until(() => older.seen.length === 11);
    const newer = new Consumer(server.endpoint, 'r2');
    await until(() => older.fencedBy === 'bench-1');
    source.append('a', 5);
    server.wake();
    await until(() => newer.seen.length === 5);
    expect(newer.seen).toEqual(lines('a', 11, 15));
    expect(older.seen).toHaveLength(11);
  });

  it('gives one of two runs every source, in whatever order the two reach them', async () => {
    const one = await serve(sourceOf(10));
    const two = await serve(sourceOf(10));
    const older = [new Consumer(one.endpoint, 'r1')];
    const newer = [new Consumer(two.endpoint, 'r2')];
    await until(() => older[0]?.seen.length === 11 && newer[0]?.seen.length === 11);
    newer.push(new Consumer(one.endpoint, 'r2'));
    older.push(new Consumer(two.endpoint, 'r1'));
    await until(() => older.every(({ fencedBy }) => fencedBy === 'bench-1'));
    const runs = (): unknown => [one, two].map((server) => server.consumers()[0]);
    await until(() => newer.every(({ states }) => states.at(-1) === 'connected'));
    expect(runs()).toMatchObject([
      { run: 'r2', connected: true },
      { run: 'r2', connected: true },
    ]);
    expect(newer.map(({ fencedBy }) => fencedBy)).toEqual([undefined, undefined]);
  });

  it('refuses a consumer that it does not know', async () => {
    const server = await serve(sourceOf(10));
    const consumer = new Consumer(server.endpoint, 'r1', { consumer: 'wirter' });
    await until(() => consumer.states.includes('refused'));
    expect(consumer.seen).toEqual([]);
  });

  it('notices that a peer has gone as soon as it sends to it', async () => {
    const source = sourceOf(10);
    const server = await serve(source);
    const consumer = new Consumer(server.endpoint, 'r1');
    await until(() => consumer.seen.length === 11);
    await consumer.client.stop();
    source.append('a', 1);
    await until(() => {
      server.wake();
      return server.consumers()[0]?.connected === false;
    });
    expect(server.counters.forgotten).toBe(1);
  });

  it('that closes serves on until all is acknowledged', async () => {
    const source = sourceOf(20_000);
    const server = await serve(source);
    const consumer = new Consumer(server.endpoint, 'r1', { window: 100 });
    await until(() => consumer.seen.length > 0);
    await server.close({ drainMs: 20_000 });
    expect(source.acknowledged('writer', 'a')).toBe(20_000);
    expect(consumer.seen).toHaveLength(20_001);
  });

  it('that closes waits no longer than it may for a consumer that is not there', async () => {
    const server = await serve(sourceOf(10));
    const begun = performance.now();
    await server.close({ drainMs: 60 });
    const took = performance.now() - begun;
    expect(took).toBeGreaterThan(50);
    expect(took).toBeLessThan(1000);
    await server.close({ drainMs: 1000 });
  });

  it('says so when its endpoint is taken', async () => {
    const server = await serve(sourceOf(0));
    const second = serve(sourceOf(0), { endpoint: server.endpoint });
    await expect(second).rejects.toMatchObject({ name: 'ProtocolError', code: 'endpoint_busy' });
  });

  it.each([
    'nonsense',
    '',
    'tcp://127.0.0.1',
    'tcp://127.0.0.1:99999',
    'tcp://127.0.0.1:port',
    'udp://127.0.0.1:5000',
    'tcp://192.0.2.1:5701',
    'tcp://no-such-host.invalid:5701',
  ])('says so when %j is no endpoint of this machine', async (endpoint) => {
    const served = serve(sourceOf(0), { endpoint });
    await expect(served).rejects.toMatchObject({ code: 'endpoint_invalid' });
  });
});

describe('a client', () => {
  it('connects anew when its source takes too much memory, without loss or doubling', async () => {
    let resident = 0;
    const memory = new PeerMemory({ resident: () => resident, growthBytes: 1000 });
    const source = sourceOf(10);
    const server = await serve(source);
    const consumer = new Consumer(server.endpoint, 'r1', { memory });
    await until(() => consumer.seen.length === 11);
    resident = 1000;
    await until(() => consumer.client.counters.overfull === 1);
    source.append('a', 5);
    server.wake();
    await until(() => consumer.seen.length === 16);
    expect(consumer.seen).toEqual(lines('a', 0, 15));
  });

  it.each(['nonsense', 'tcp://127.0.0.1:99999', 'tcp://127.0.0.1:*', 'tcp://127.0.0.1:0'])(
    'says so when %j is no endpoint',
    async (endpoint) => {
      const common = { consumer: 'writer', window: 1000, clock: systemClock, log: silentLog };
      const handler: StreamHandler = {
        welcome: () => undefined,
        batch: () => undefined,
        fenced: () => undefined,
        connection: () => undefined,
      };
      const client = new StreamClient({ ...common, endpoint, run: 'r1', handler });
      expect(() => client.start()).toThrow(expect.objectContaining({ code: 'endpoint_invalid' }));
      await client.stop();
    },
  );

  it('that stops sends what is acknowledged first', async () => {
    const source = sourceOf(100);
    const server = await serve(source);
    const consumer = new Consumer(server.endpoint, 'r1');
    const { client } = consumer;
    const acknowledge = client.acknowledge.bind(client);
    client.acknowledge = () => undefined;
    await until(() => consumer.seen.length === 101);
    acknowledge('a', 77);
    await client.stop();
    await until(() => source.acknowledged('writer', 'a') === 77);
  });

  it('that hears nothing makes a new connection each time', async () => {
    const router = new Router({ linger: 0 });
    ends.push(() => router.close());
    await router.bind('tcp://127.0.0.1:*');
    const options = { heartbeatMs: 20, silenceMs: 100 };
    const consumer = new Consumer(router.lastEndpoint ?? '', 'r1', options);
    const peers = new Set<string>();
    while (peers.size < 3) {
      const [peer, header] = await router.receive();
      peers.add(peer?.toString('hex') ?? '');
      expect(JSON.parse(header?.toString() ?? '')).toMatchObject({ type: 'hello', run: 'r1' });
    }
    expect(consumer.client.counters.silences).toBeGreaterThanOrEqual(2);
    expect(consumer.states).toEqual(['connecting']);
  });

  it('whose handler throws stops and tells', async () => {
    const server = await serve(sourceOf(10));
    const common = { consumer: 'writer', window: 1000, clock: systemClock, log: silentLog };
    const client = new StreamClient({
      ...common,
      endpoint: server.endpoint,
      run: 'r1',
      handler: {
        welcome: () => undefined,
        batch: () => {
          throw new Error('no room');
        },
        fenced: () => undefined,
        connection: () => undefined,
      },
    });
    client.start();
    await expect(client.stopped).rejects.toThrow('no room');
  });
});
