/**
 * A hostile source of the writer, beside an honest one. Every test ends with the same questions:
 * does the writer live, is its memory bounded, does everything of the honest source arrive.
 */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { expect } from 'vitest';
import {
  eventually,
  frame,
  freePorts,
  greeting,
  healthPage,
  madeMeasurement,
  madeMeasurements,
  madeSession,
  madeStart,
  PATIENCE_MS,
  ready,
  SourcePeer,
  type Bench,
  type BenchOptions,
  type MeasurementRow,
  type Run,
} from '@elmetron/rig';
import { deliversAll, expectWhole, measurements, test } from './on-a-bench.js';
import { capturesOn, Watched } from './unharmed.js';

interface Running {
  readonly bench: Bench;
  readonly writer: Run;
  readonly acquisition: Run;
  readonly hostile: SourcePeer;
  readonly watched: Watched;
}

const SOURCE = 'hostile-bench';

/** The writer serves an honest acquisition, and has greeted the hostile source. */
async function running(
  open: (options?: BenchOptions) => Promise<Bench>,
  storage: object = {},
): Promise<Running> {
  const bench = await open();
  const [port = 0] = await freePorts(1);
  const sources = [bench.ports.stream, port].map((p) => `tcp://127.0.0.1:${String(p)}`);
  await bench.configure({ writer: { sources }, storage: { commit_interval_ms: 100, ...storage } });
  const hostile = await SourcePeer.bind(port, SOURCE);
  await bench.startMeter();
  const acquisition = bench.startAcquisition();
  const writer = bench.startWriter();
  await hostile.heard('hello');
  await measurements(bench, 5);
  return { bench, writer, acquisition, hostile, watched: Watched.from(writer) };
}

async function figures(bench: Bench): Promise<Record<string, number>> {
  const { sources } = (await healthPage(bench.ports.writer)) as unknown as {
    sources: Record<string, number>[];
  };
  return sources[1] ?? {};
}

/** The honest source's own readings, all of them; those of the hostile one are taken off first. */
async function honestIsWhole({ bench, acquisition, writer, hostile }: Running): Promise<void> {
  hostile.close();
  expect((await deliversAll(bench, acquisition)).code).toBe(0);
  expect((await writer.stop()).code).toBe(0);
  const { measurements: rows, sessions, integrity } = bench.database();
  expect(integrity).toBe('ok');
  const own = sessions.filter(({ source }) => source === 'bench-1');
  expect(own).toHaveLength(1);
  const sent = (await bench.account()).filter(({ whole }) => whole).map((entry) => entry.frame);
  const stored = rows
    .filter((row) => row.session_uid === own[0]?.session_uid)
    .map((row) => row.raw_frame.toString('hex'));
  expect(stored).toEqual(sent);
}

test('a source that sends what is no message, and a welcome with a hundred thousand sessions', async ({
  open,
}) => {
  const all = await running(open);
  const { bench, hostile, watched } = all;
  const session = madeSession(1);
  const batch = { v: 1, type: 'batch', session, prev: -1, first: 0, count: 1 };
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  const line = madeStart(session, SOURCE);
  const malformed: (Buffer | string | object)[][] = [
    [''],
    ['{'],
    ['null'],
    [deep],
    [randomBytes(1_000_000)],
    [Buffer.from([0x7b, 0xff, 0xfe, 0x7d])],
    [{ v: 1, type: 'nonsense' }],
    [{ v: 2, type: 'welcome', source: SOURCE, sessions: [] }],
    [{ v: 1, type: 'hello', consumer: 'writer', run: 'x', window: 1 }],
    [{ v: 1, type: 'welcome', source: SOURCE }],
    [{ v: 1, type: 'welcome', source: 's'.repeat(300), sessions: [] }],
    [{ v: 1, type: 'welcome', source: SOURCE, sessions: [{ session: '../x', last: 0 }] }],
    [{ v: 1, type: 'welcome', source: SOURCE, sessions: [{ session, last: -2 }] }],
    [{ v: 1, type: 'welcome', source: SOURCE, sessions: [] }, 'body'],
    [batch],
    [batch, 'x', 'y'],
    [{ ...batch, count: 0 }, ''],
    [{ ...batch, count: 2 ** 53 }, ''],
    [{ ...batch, first: -1 }, ''],
    [{ ...batch, session: 'a/../../b' }, 'x\n'],
    [{ v: 1, type: 'heartbeat', unacknowledged: [{ session, seq: 2 ** 40 }] }],
  ];
  await hostile.welcome();
  for (const frames of malformed) await hostile.say(...frames);
  await eventually(
    'everything to be counted',
    async () => (await figures(bench))['malformed'] === malformed.length,
    PATIENCE_MS,
    () => all.writer.tail(),
  );
  // These have the shape of a message; what they say does not fit.
  await hostile.say({ ...batch, count: 2 }, Buffer.concat([line, Buffer.from('\n')]));
  await hostile.say(batch, line);
  await hostile.say({ ...batch, prev: 0 }, Buffer.concat([line, Buffer.from('\n')]));
  await hostile.welcome(Array.from({ length: 100_000 }, (_, n) => madeSession(n)));
  await hostile.welcome([]);
  await capturesOn(bench);
  watched.unharmed({ mib: 160 });
  await eventually(
    'these to be counted too',
    async () => ((await figures(bench))['malformed'] ?? 0) >= malformed.length + 3,
    PATIENCE_MS,
    () => all.writer.tail(),
  );
  expect((await figures(bench))['malformed']).toBe(malformed.length + 3);
  await honestIsWhole(all);
});

test('batches with holes, overlaps and damaged lines: nothing is acknowledged over a hole', async ({
  open,
}) => {
  const all = await running(open);
  const { bench, hostile, watched } = all;
  const session = madeSession(1);
  await hostile.welcome([session]);
  const start = madeStart(session, SOURCE);
  await hostile.batch(session, 0, [start]);
  await hostile.batch(session, 1, madeMeasurements(session, 1, 10));
  await eventually(
    'the first to be acknowledged',
    () => hostile.acknowledged(session) === 10,
    PATIENCE_MS,
  );

  // A batch is missing: it is not taken, and the writer says hello again.
  const hellos = hostile.of('hello').length;
  await hostile.batch(session, 15, madeMeasurements(session, 15, 20));
  await hostile.heard('hello', hellos + 1);
  expect(hostile.acknowledged(session)).toBe(10);

  // Overlapping ones are taken where they are new; the same lines again are no new lines.
  await hostile.welcome([session]);
  await hostile.batch(session, 0, [start]);
  await hostile.batch(session, 5, madeMeasurements(session, 5, 14));
  await hostile.batch(session, 1, madeMeasurements(session, 1, 14));
  await eventually('the new ones too', () => hostile.acknowledged(session) === 14, PATIENCE_MS);

  // Lines that are no record of this session, or none at all: set aside, then acknowledged.
  const damaged = Buffer.from(madeMeasurement(session, 15));
  damaged[40] = (damaged[40] ?? 0) ^ 1;
  await hostile.batch(session, 15, [
    damaged,
    madeMeasurement(madeSession(2), 16),
    madeMeasurement(session, 99),
    'my thesis, do not delete',
    '',
    Buffer.alloc(65_537, 0x20),
    Buffer.alloc(1_000_000, 0x7b),
    madeMeasurement(session, 22),
  ]);
  await eventually('those too', () => hostile.acknowledged(session) === 22, PATIENCE_MS);
  const page = await healthPage(bench.ports.writer);
  expect(page['set_aside']).toBe(7);
  await capturesOn(bench);
  watched.unharmed({ mib: 96, logLines: 40 });
  const rows = (): MeasurementRow[] =>
    bench.database().measurements.filter((row) => row.session_uid === session);
  await eventually('all of it to be committed', () => rows().length >= 15, PATIENCE_MS);
  expect(rows().map(({ seq }) => seq)).toEqual([
    ...Array.from({ length: 14 }, (_, i) => i + 1),
    22,
  ]);
  await honestIsWhole(all);
});

test('a flood of damaged lines is set aside, and told a few times only', async ({ open }) => {
  const all = await running(open);
  const { bench, hostile, watched } = all;
  const session = madeSession(1);
  await hostile.welcome([session]);
  await hostile.batch(session, 0, [madeStart(session, SOURCE)]);
  const flood = 500;
  await hostile.batch(
    session,
    1,
    Array.from({ length: flood }, (_, n) => `no record ${String(n)}`),
  );
  await eventually(
    'all to be set aside and acknowledged',
    () => hostile.acknowledged(session) === flood,
    120_000,
    () => all.writer.tail(),
  );
  await capturesOn(bench);
  watched.unharmed({ mib: 96 });
  expect((await healthPage(bench.ports.writer))['set_aside']).toBe(flood);
  await honestIsWhole(all);
});

test('a source that knows no window: what the writer has not made durable stays bounded', async ({
  open,
}) => {
  const all = await running(open);
  const { bench, hostile, watched } = all;
  const session = madeSession(1);
  await hostile.welcome([session]);
  await hostile.batch(session, 0, [madeStart(session, SOURCE)]);
  // One message of about a megabyte, built once: as fast as the loopback carries them.
  const lines = madeMeasurements(session, 1, 1000);
  for (let n = 0; n < 400; n++) {
    const from = n * 1000 + 1;
    if (!(await hostile.batch(session, from, lines))) break;
  }
  await capturesOn(bench);
  watched.unharmed({ mib: 256 });
  await eventually(
    'what was too much to be counted',
    async () => ((await figures(bench))['overruns'] ?? 0) > 0,
    PATIENCE_MS,
    () => all.writer.tail(),
  );
  await honestIsWhole(all);
});

test('an endless set of sessions, and ever new names of the source', async ({ open }) => {
  const all = await running(open);
  const { bench, hostile, watched } = all;
  for (let n = 0; n < 300; n++) {
    await hostile.welcome([], `${SOURCE}-${String(n)}`);
  }
  await hostile.welcome();
  for (let n = 0; n < 150; n++) {
    const session = madeSession(n);
    await hostile.batch(session, 0, [madeStart(session, SOURCE)]);
    await hostile.batch(session, 1, [madeMeasurement(session, 1)]);
  }
  await eventually(
    'the last to be acknowledged',
    () => hostile.acknowledged(madeSession(149)) === 1,
    120_000,
    () => all.writer.tail(),
  );
  await hostile.welcome([]);
  await capturesOn(bench);
  watched.unharmed({ mib: 128, logLines: 200 });
  await honestIsWhole(all);
});

test('a source that refuses, fences and greets by turns', async ({ open }) => {
  const all = await running(open);
  const { bench, hostile, watched } = all;
  for (let n = 0; n < 500; n++) {
    await hostile.say({
      v: 1,
      type: 'refused',
      reason: `no ${String(n)}`,
      code: 'unknown_consumer',
    });
    await hostile.welcome();
    await hostile.say({ v: 1, type: 'refused', reason: 'hello?', code: 'hello_first' });
    await hostile.say({ v: 1, type: 'fenced', run: 'somebody else', source: SOURCE });
    await hostile.welcome();
  }
  await capturesOn(bench);
  watched.unharmed({ mib: 64 });
  await honestIsWhole(all);
});

test('ports on which something else answers than a source', async ({ open }) => {
  const answers = [
    Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
    randomBytes(100_000),
    Buffer.concat([greeting({ major: 9 }), randomBytes(100_000)]),
    Buffer.concat([greeting(), ready('SUB'), frame('x')]),
    Buffer.concat([greeting(), ready('ROUTER'), frame(randomBytes(500_000))]),
    Buffer.concat([greeting(), ready('ROUTER'), frame(Buffer.alloc(30_000_000))]),
    greeting().subarray(0, 20),
  ];
  const bench = await open();
  const ports = await freePorts(answers.length);
  const met = answers.map(() => 0);
  const servers = answers.map((answer, i) =>
    createServer((socket) => {
      met[i] = (met[i] ?? 0) + 1;
      socket.on('error', () => undefined);
      socket.write(answer);
    }).listen(ports[i], '127.0.0.1'),
  );
  try {
    const sources = [bench.ports.stream, ...ports].map((p) => `tcp://127.0.0.1:${String(p)}`);
    await bench.configure({ writer: { sources } });
    await bench.startMeter();
    const acquisition = bench.startAcquisition();
    const writer = bench.startWriter();
    await measurements(bench, 5);
    const watched = Watched.from(writer);
    // Those that hang up at once are met often, those that are merely silent every few seconds.
    await eventually('each to be met again', () => met.every((count) => count > 1), PATIENCE_MS);
    await capturesOn(bench);
    watched.unharmed({ mib: 128, logLines: 40 });
    await deliversAll(bench, acquisition);
    await writer.stop();
    expect((await expectWhole(bench)).missing).toBe(0);
  } finally {
    for (const server of servers) server.close();
  }
});
