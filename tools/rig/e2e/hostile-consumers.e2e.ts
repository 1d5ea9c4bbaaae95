/**
 * Hostile peers of acquisition: on its stream, below the stream on the bare TCP port, and on the
 * live feed. Every test ends with the same questions: does it live, is its memory bounded, does the
 * honest writer get everything, do the counters show it.
 */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import {
  ConsumerPeer,
  eventually,
  frame,
  frameHead,
  greeting,
  healthPage,
  PATIENCE_MS,
  RawConnection,
  readHealth,
  ready,
  type Bench,
  type BenchOptions,
  type Run,
} from '@elmetron/rig';
import { deliversAll, expectWhole, measurements, test } from './on-a-bench.js';
import { capturesOn, Watched } from './unharmed.js';

interface Running {
  readonly bench: Bench;
  readonly writer: Run;
  readonly acquisition: Run;
  readonly watched: Watched;
}

/** Everything runs and records; only then does the attack begin. */
async function running(
  open: (options?: BenchOptions) => Promise<Bench>,
  options?: BenchOptions,
): Promise<Running> {
  const bench = await open(options);
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 5);
  return { bench, writer, acquisition, watched: Watched.from(acquisition) };
}

async function endsWhole({ bench, writer, acquisition }: Running): Promise<void> {
  expect((await deliversAll(bench, acquisition)).code).toBe(0);
  expect((await writer.stop()).code).toBe(0);
  expect((await expectWhole(bench)).missing).toBe(0);
  expect(await bench.buffers()).toEqual([]);
}

async function counters(bench: Bench): Promise<Record<string, number>> {
  return (await healthPage(bench.ports.acquisition))['stream'] as Record<string, number>;
}

/** Waits until the counters are as `expected`; a process under a flood may not answer every time. */
async function counted(
  { bench, acquisition }: Pick<Running, 'bench' | 'acquisition'>,
  what: string,
  expected: (counters: Readonly<Record<string, number>>) => boolean,
): Promise<void> {
  let last: Record<string, number> | undefined;
  await eventually(
    `${what} to be counted`,
    async () => {
      const page = await readHealth(bench.ports.acquisition);
      last = page?.['stream'] as Record<string, number> | undefined;
      return last !== undefined && expected(last);
    },
    PATIENCE_MS,
    () => `${JSON.stringify(last)}\n${acquisition.tail()}`,
  );
}

const UNKNOWN = '01990000-0000-7000-8000-000000000001';

test('bytes that are no ZeroMQ, or too much of it, on the TCP port', async ({ open }) => {
  const all = await running(open);
  const { bench, watched } = all;
  const port = bench.ports.stream;
  const attack = async (...pieces: (Buffer | string)[]): Promise<RawConnection> => {
    const connection = await RawConnection.open(port);
    for (const piece of pieces) await connection.send(piece, 500);
    return connection;
  };
  const held = await Promise.all([
    attack('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    attack(randomBytes(1_000_000)),
    attack(Buffer.alloc(1_000_000)),
    attack(Buffer.alloc(1_000_000, 0xff)),
    attack('\n'),
    // Half a handshake, at each of its stages, held open.
    attack(greeting().subarray(0, 1)),
    attack(greeting().subarray(0, 10)),
    attack(greeting().subarray(0, 63)),
    attack(greeting()),
    attack(greeting(), ready('DEALER').subarray(0, 9)),
    // Versions and mechanisms that nobody speaks.
    ...[0, 1, 2, 4, 255].map((major) => attack(greeting({ major }), randomBytes(500))),
    attack(greeting({ mechanism: 'CURVE' }), randomBytes(500)),
    attack(greeting({ mechanism: 'NONE-SUCH' }), randomBytes(500)),
    // Lengths that promise what nobody has memory for.
    ...[2n ** 31n, 2n ** 32n, 2n ** 62n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n].flatMap((n) => [
      attack(greeting(), frameHead(n, { command: true }), randomBytes(100_000)),
      attack(greeting(), ready('DEALER'), frameHead(n, {}), randomBytes(100_000)),
      attack(greeting(), ready('DEALER'), frameHead(n, { more: true }), randomBytes(100_000)),
    ]),
    attack(greeting(), ready('ROUTER'), frame('x'), frame('y')),
    attack(greeting(), ready('SUB'), frame('x')),
    // Many megabytes in one frame, and a message of thousands of parts.
    attack(greeting(), ready('DEALER'), frame(Buffer.alloc(20_000_000))),
    attack(greeting(), ready('DEALER'), ...partsOf(5_000)),
    attack(
      greeting(),
      ready('DEALER'),
      Buffer.concat(Array.from({ length: 50_000 }, () => frame(''))),
    ),
  ]);
  await capturesOn(bench);
  watched.unharmed({ mib: 64 });
  await counted(all, 'what is malformed', ({ malformed = 0 }) => malformed > 0);
  for (const connection of held) connection.close();
  await capturesOn(bench);
  await endsWhole(all);
});

function partsOf(count: number): Buffer[] {
  const parts = Array.from({ length: count }, (_, i) => frame('part', { more: i < count - 1 }));
  return [Buffer.concat(parts)];
}

test('messages that are none of the stream are counted, and told once', async ({ open }) => {
  const all = await running(open);
  const { bench, watched } = all;
  const before = await counters(bench);
  const peer = new ConsumerPeer(bench.ports.stream);
  const hello = { v: 1, type: 'hello', consumer: 'writer', run: 'x', window: 10 };
  const ack = { v: 1, type: 'ack', session: UNKNOWN, seq: 0 };
  const deep = `${'['.repeat(8_000)}${']'.repeat(8_000)}`;
  const malformed: (Buffer | string | object)[][] = [
    ['', 'x'],
    [''],
    ['{'],
    ['null'],
    ['[]'],
    ['"hello"'],
    [deep],
    [`{"v":1,"type":"ack","session":${deep.slice(0, 7000)}`],
    [Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    [Buffer.from('{"v":1,"type":"hello","consumer":"\xff\xfe"}', 'latin1')],
    [randomBytes(16_384)],
    [Buffer.alloc(16_385, 0x20)],
    [Buffer.alloc(60_000, 0x20)],
    [{ v: 1 }],
    [{ v: 1, type: 'nonsense' }],
    [{ v: 1, type: 'welcome', source: 'x', sessions: [] }],
    [{ v: 1, type: 'batch', session: UNKNOWN, prev: -1, first: 0, count: 1 }, 'line\n'],
    [{ type: 'hello' }],
    [{ ...hello, v: '1' }],
    [{ ...hello, run: undefined }],
    [{ ...hello, consumer: '' }],
    [{ ...hello, consumer: 'c'.repeat(201) }],
    [{ ...hello, run: 'r'.repeat(10_000) }],
    [{ ...hello, run: ['x'] }],
    [{ ...hello, window: 0 }],
    [{ ...hello, window: -1 }],
    [{ ...hello, window: 1.5 }],
    [{ ...hello, window: 2 ** 53 }],
    [`{"v":1,"type":"hello","consumer":"writer","run":"x","window":1e400}`],
    [hello, 'more'],
    [{ ...ack, seq: -1 }],
    [{ ...ack, seq: 2 ** 53 + 2 }],
    [`{"v":1,"type":"ack","session":"${UNKNOWN}","seq":99999999999999999999999999}`],
    [{ ...ack, seq: '0' }],
    [{ ...ack, seq: null }],
    [{ ...ack, session: '../../etc/passwd' }],
    [{ ...ack, session: 's'.repeat(5_000) }],
    [{ ...ack, session: { toString: 1 } }],
    [`{"v":1,"type":"ack","__proto__":{"session":"${UNKNOWN}","seq":0}}`],
    [{ v: 1, type: 'heartbeat' }, 'more', 'and more'],
  ];
  for (const frames of malformed) await peer.say(...frames);
  const versions = [0, 2, -1, 1.5, 2 ** 53];
  for (const v of versions) await peer.say({ ...hello, v });
  // In a flood each is looked at, and the log says so a few times only.
  for (let n = 0; n < 20_000; n++) await peer.say('{');
  const expected = (before['malformed'] ?? 0) + malformed.length + 20_000;
  await counted(all, 'everything', ({ malformed }) => malformed === expected);
  await peer.heard('refused', versions.length);
  expect(peer.of('welcome')).toEqual([]);
  await capturesOn(bench);
  watched.unharmed({ mib: 96 });
  peer.close();
  await endsWhole(all);
});

test('acknowledgements that nobody may give let nothing go', async ({ open }) => {
  const bench = await open({ config: { acquisition: { consumers: ['writer', 'copy'] } } });
  await bench.startMeter();
  const acquisition = bench.startAcquisition();
  await bench.sent(20);
  const kept = async (): Promise<number> =>
    Number((await healthPage(bench.ports.acquisition))['spool_records']);
  const session = String((await healthPage(bench.ports.acquisition))['session']);
  const before = await kept();
  const { stream } = bench.ports;

  // Nobody: no hello, an unknown name, and the right session with numbers there are.
  const nobody = new ConsumerPeer(stream);
  for (let seq = 0; seq < 10; seq++) await nobody.ack(session, seq);
  await nobody.heard('refused', 10);
  await nobody.hello('writers', 'n');
  await nobody.heard('refused', 11);
  await nobody.ack(session, 5);
  await nobody.heard('refused', 12);

  // A consumer of its own, in its right: it may have what it likes, the writer's part stays.
  const copy = new ConsumerPeer(stream);
  await copy.hello('copy', 'copy-1');
  const { header } = await copy.heard('batch', 2);
  await copy.ack(session, 0xffff_ffff);
  await copy.ack(UNKNOWN, 0);
  await copy.ack(session, Number(header['first']) + Number(header['count']) - 1);
  await copy.ack(session, 0);

  // A run that was displaced: what it says after that counts no more.
  const displaced = new ConsumerPeer(stream);
  await displaced.hello('writer', 'run-1', 5);
  await displaced.heard('batch', 2);
  const usurper = new ConsumerPeer(stream);
  await usurper.hello('writer', 'run-2', 1);
  await usurper.heard('welcome');
  for (let seq = 0; seq < 5; seq++) await displaced.ack(session, seq);
  await displaced.heard('fenced', 6);
  await displaced.hello('writer', 'run-1');
  await displaced.heard('fenced', 7);
  // The newest one, but for what it was not sent: its window let one record through.
  await usurper.ack(session, 5);
  await usurper.ack(session, 0xffff_fffe);

  await counted(
    { bench, acquisition },
    'the acknowledgements',
    ({ acksIgnored }) => acksIgnored === 10 + 1 + 3 + 5 + 2,
  );
  expect(await kept()).toBeGreaterThanOrEqual(before);
  for (const peer of [nobody, copy, displaced, usurper]) peer.close();

  // The honest writer gets every record, from the first.
  await bench.configure({});
  const writer = bench.startWriter();
  await capturesOn(bench);
  await deliversAll(bench, acquisition);
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
  const numbers = bench.database().measurements.map(({ seq }) => seq);
  expect(numbers[0]).toBe(1);
});

test('hellos in a flood, with ever new runs and unknown names', async ({ open }) => {
  const bench = await open();
  await bench.startMeter();
  const acquisition = bench.startAcquisition();
  await bench.sent(10);
  const watched = Watched.from(acquisition);
  const peer = new ConsumerPeer(bench.ports.stream);
  const flood = 15_000;
  for (let n = 0; n < flood; n++) {
    await peer.hello('writer', `run-${String(n)}`, 1_000_000);
    await peer.hello(`stranger-${String(n)}`, 'x'.repeat(200));
  }
  await counted(
    { bench, acquisition },
    'the hellos',
    ({ hellos, refused }) => hellos === flood && refused === flood,
  );
  watched.unharmed({ mib: 96 });
  peer.close();
  // The peer is gone and has acknowledged nothing: the writer gets all.
  const writer = bench.startWriter();
  await capturesOn(bench);
  await deliversAll(bench, acquisition);
  await writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
});

test('consumers that come and go in a flood', async ({ open }) => {
  const bench = await open({ config: { acquisition: { consumers: ['writer', 'copy'] } } });
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 5);
  const watched = Watched.from(acquisition);
  for (let n = 0; n < 300; n++) {
    const peer = new ConsumerPeer(bench.ports.stream);
    await peer.hello('copy', `run-${String(n)}`);
    await peer.heard('welcome');
    peer.close();
  }
  await capturesOn(bench);
  watched.unharmed({ mib: 64 });
  await acquisition.stop();
  await writer.stop();
});

test('a ping behind more than is taken at once, and the end of the connection', async ({
  open,
}) => {
  const all = await running(open);
  const { bench, watched } = all;
  const ping = frame(Buffer.from('\x04PING\0\0'), { command: true });
  const piece = Buffer.concat([...Array.from({ length: 300 }, () => frame('{')), ping]);
  const flood = Buffer.concat(Array.from({ length: 20 }, () => piece));
  for (let n = 0; n < 200 && all.acquisition.exit === undefined; n++) {
    const connection = await RawConnection.speaking(bench.ports.stream, 'DEALER');
    await connection.send(flood, 100);
    connection.close();
  }
  expect(all.acquisition.exit, all.acquisition.tail()).toBeUndefined();
  await capturesOn(bench);
  // Any number may wait; from a growth of 256 MiB on all connections are let go of.
  watched.unharmed({ mib: 256 });
  await endsWhole(all);
});

test('a thousand connections', async ({ open }) => {
  const all = await running(open);
  const { bench, watched } = all;
  const { stream, live } = bench.ports;
  const held = await Promise.all([
    ...Array.from({ length: 400 }, () => RawConnection.open(stream)),
    ...Array.from({ length: 400 }, () => RawConnection.speaking(stream, 'DEALER')),
    ...Array.from({ length: 200 }, () => RawConnection.speaking(live, 'SUB')),
  ]);
  await capturesOn(bench);
  watched.unharmed({ mib: 96 });
  // One more is served as well.
  const late = new ConsumerPeer(stream);
  await late.hello('nobody', 'x');
  await late.heard('refused');
  late.close();
  for (const connection of held) connection.close();
  await capturesOn(bench);
  await endsWhole(all);
});

test('a consumer that never acknowledges, one that reads nothing, a subscriber that reads nothing', async ({
  open,
}) => {
  const all = await running(open, {
    config: { acquisition: { consumers: ['writer', 'silent', 'deaf'] } },
    profile: { poll_interval_s: 0.0125 },
  });
  const { bench, watched } = all;
  const silent = new ConsumerPeer(bench.ports.stream);
  await silent.hello('silent', 's', 1_000_000);
  const deaf = await RawConnection.speaking(bench.ports.stream, 'DEALER');
  deaf.stopReading();
  const subscriber = await RawConnection.speaking(bench.ports.live, 'SUB');
  await subscriber.send(frame(Buffer.from([1])));
  subscriber.stopReading();
  // All that it is owed again with each hello: far more than a connection holds.
  for (let n = 0; n < 4000; n++) {
    const hello = { v: 1, type: 'hello', consumer: 'deaf', run: `d${String(n)}`, window: 1e6 };
    await deaf.send(frame(JSON.stringify(hello)));
  }
  await capturesOn(bench);
  watched.unharmed({ mib: 96 });
  await eventually(
    'what the silent one is owed to be kept',
    async () => {
      const page = await healthPage(bench.ports.acquisition);
      return Number((page['unacknowledged'] as Record<string, number>)['silent']) > 50;
    },
    PATIENCE_MS,
  );
  silent.close();
  deaf.close();
  subscriber.close();
  await deliversAll(bench, all.acquisition);
  await all.writer.stop();
  expect((await expectWhole(bench)).missing).toBe(0);
});
