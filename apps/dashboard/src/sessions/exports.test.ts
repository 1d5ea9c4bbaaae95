/** Exports, as a browser takes them: to the end, too slowly, or not at all. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { get } from 'node:http';
import type { LoggedReading } from '@elmetron/storage';
import { describe, expect, it, vi } from 'vitest';
import type { DatabaseReader } from '../databases/reader.js';
import { fakeDatabase, loggedReading, madeSession } from '../testing/fake-reader.js';
import { madeApp, type Circumstances, type MadeApp } from '../testing/made-app.js';
import { Archive } from './archive.js';
import { Exports } from './exports.js';
import { silentLog } from '@elmetron/protocol';

const HOST = '127.0.0.1:8050';
const PAGE = 500;

interface Asked {
  pages: number;
  ended: number;
}

/** A session of `count` readings, read in pages; `broken` after so many. */
function reader(count: number, asked: Asked, broken = Infinity): Partial<DatabaseReader> {
  return {
    session: async (uid) =>
      uid === 's' ? madeSession(uid, { last_seq: count, measurement_count: count }) : undefined,
    countReadings: async () => count,
    async *readings() {
      try {
        for (let seq = 1; seq <= count; seq += PAGE) {
          asked.pages += 1;
          if (seq > broken) throw new Error('the disk is gone');
          const last = Math.min(seq + PAGE - 1, count);
          yield Array.from({ length: last - seq + 1 }, (_, i): LoggedReading =>
            loggedReading(seq + i),
          );
        }
      } finally {
        asked.ended += 1;
      }
    },
  };
}

async function bench(count: number, broken?: number, of: Circumstances = {}) {
  const asked = { pages: 0, ended: 0 };
  const made = await madeApp({ reader: reader(count, asked, broken), ...of });
  return { ...made, asked };
}

const ask = ({ app }: MadeApp, query: string, session = 's') =>
  app.inject({ url: `/api/sessions/${session}/export?${query}`, headers: { host: HOST } });

async function listening({ app }: MadeApp): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('an export', () => {
  it('is a file of its format, by a name that says of which meter it is', async () => {
    const made = await bench(1_200);
    const answer = await ask(made, 'format=csv&time_zone=UTC');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="elmetron_20261122-080000_00308-25.csv"',
      'cache-control': 'no-store',
    });
    const lines = answer.body.trim().split('\r\n');
    expect(lines).toHaveLength(1_201);
    expect(lines.at(-1)).toContain('2026-11-22 08:20:00.000,12,pH');
  });

  it.each(['jsonl', 'xlsx', 'parquet'])('can be %s', async (format) => {
    const answer = await ask(await bench(10), `format=${format}`);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-disposition']).toContain(`.${format}"`);
    expect(answer.rawPayload.length).toBeGreaterThan(100);
  });

  it('of an emulated meter says so in its name', async () => {
    const asked = { pages: 0, ended: 0 };
    const database = fakeDatabase({ path: 'demo.sqlite', emulated: true }, reader(3, asked));
    const made = await madeApp({ parts: { archive: new Archive([database], silentLog) } });
    const answer = await ask(made, 'format=csv');
    expect(answer.headers['content-disposition']).toContain('_emulated.csv"');
  });

  it('has a name that is safe, whatever the meter calls itself', async () => {
    const session = async (uid: string) => madeSession(uid, { serial: '../"x\r\nset-cookie: a=b' });
    const asked = { pages: 0, ended: 0 };
    const made = await madeApp({ reader: { ...reader(3, asked), session } });
    const answer = await ask(made, 'format=csv');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(answer.headers['content-disposition']).toMatch(/^attachment; filename="[\w.-]+"$/);
  });

  it.each([
    ['format=csv&time_zone=Nowhere/Land', 400, 'bad_request'],
    ['format=csv&separator=,&decimal=,', 400, 'bad_request'],
    ['format=csv&from=1e99', 400, 'bad_request'],
    ['format=csv&separator=x', 400, 'bad_request'],
  ])('%s: %d', async (query, status, code) => {
    const made = await bench(10);
    const answer = await ask(made, query);
    expect([answer.statusCode, answer.json()]).toMatchObject([status, { code }]);
    expect(answer.headers['content-disposition']).toBeUndefined();
    expect(made.asked.pages).toBe(0);
  });

  it('of no session is refused', async () => {
    const answer = await ask(await bench(10), 'format=csv', 'other');
    expect([answer.statusCode, answer.json()]).toMatchObject([404, { code: 'session_not_found' }]);
  });
});

describe('a file that did not become whole does not look whole', () => {
  it.each(['csv', 'jsonl', 'xlsx', 'parquet'])('%s', async (format) => {
    const made = await bench(50_000, 20_000);
    const port = await listening(made);
    const outcome = await new Promise<string>((resolve) => {
      const path = `/api/sessions/s/export?format=${format}`;
      const request = get({ port, path, headers: { host: HOST } }, (response) => {
        response.resume();
        const { statusCode = 0, headers } = response;
        const name = headers['content-disposition'] ?? 'no file';
        response.once('end', () => resolve(`whole: ${statusCode} ${name}`));
        response.once('error', () => resolve('broken off'));
      });
      request.once('error', () => resolve('broken off'));
    });
    // One that gathers before it writes has sent nothing yet, and can say so.
    expect(['broken off', 'whole: 500 no file']).toContain(outcome);
    expect(made.logged[0]).toMatchObject({ level: 'error', message: 'An export was broken off' });
  });

  it('one that has become shorter while it was read', async () => {
    const asked = { pages: 0, ended: 0 };
    const made = await madeApp({
      reader: { ...reader(10, asked), countReadings: async () => 11 },
    });
    const port = await listening(made);
    const response = new Promise<string>((resolve) => {
      const path = '/api/sessions/s/export?format=csv';
      get({ port, path, headers: { host: HOST } }, (answer) => {
        answer.resume();
        answer.once('end', () => resolve('whole'));
        answer.once('error', () => resolve('broken off'));
      });
    });
    expect(await response).toBe('broken off');
  });
});

describe('nobody takes it', () => {
  it('no more is read than is taken, and it ends with whoever asked', async () => {
    const made = await bench(1_000_000);
    const port = await listening(made);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET /api/sessions/s/export?format=csv HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await once(socket, 'readable');
    // It stands still once all that lies between the two is full.
    let before = -1;
    await vi.waitFor(
      () => {
        const { pages } = made.asked;
        const stands = pages === before;
        before = pages;
        expect(stands).toBe(true);
      },
      { timeout: 15_000, interval: 300 },
    );
    expect(before).toBeLessThan(1_000_000 / PAGE / 2);
    socket.destroy();
    await vi.waitFor(() => {
      expect(made.asked.ended).toBe(1);
    }, 10_000);
    expect(made.logged).toEqual([]);
  });

  it('for long: it is broken off, and keeps nobody else out', async () => {
    const asked = { pages: 0, ended: 0 };
    const made = await madeApp({
      reader: reader(1_000_000, asked),
      parts: { exports: new Exports({ program: 'x', log: silentLog, patienceMs: 200 }) },
    });
    const port = await listening(made);
    const socket = connect(port, '127.0.0.1');
    const closed = once(socket, 'close');
    socket.on('error', () => undefined);
    socket.write(`GET /api/sessions/s/export?format=csv HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
    await once(socket, 'readable');
    await vi.waitFor(() => {
      expect(asked.ended).toBe(1);
    }, 15_000);
    // What lies between is taken, and then nothing more comes.
    socket.resume();
    await closed;
  });

  it('no more than three at once; then there is room again', async () => {
    const made = await bench(1_000_000);
    const port = await listening(made);
    const sockets = await Promise.all(
      [1, 2, 3].map(async () => {
        const socket = connect(port, '127.0.0.1');
        socket.write(`GET /api/sessions/s/export?format=csv HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`);
        await once(socket, 'readable');
        return socket;
      }),
    );
    const answer = await ask(made, 'format=csv');
    expect([answer.statusCode, answer.json()]).toMatchObject([429, { code: 'too_many_exports' }]);
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(() => {
      expect(made.asked.ended).toBe(3);
    }, 10_000);
    const request = get({
      port,
      path: '/api/sessions/s/export?format=csv',
      headers: { host: HOST },
    });
    const [response] = (await once(request, 'response')) as [{ readonly statusCode: number }];
    expect(response.statusCode).toBe(200);
    request.destroy();
  });
});
