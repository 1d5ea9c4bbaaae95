/** What every answer has in common: guards, headers, errors. */
import { connect } from 'node:net';
import { once } from 'node:events';
import { StorageError } from '@elmetron/storage';
import { describe, expect, it } from 'vitest';
import { madeApp, type Circumstances, type MadeApp } from '../testing/made-app.js';

const HOST = '127.0.0.1:8050';

const get = ({ app }: MadeApp, url: string, headers: Readonly<Record<string, string>> = {}) =>
  app.inject({ url, headers: { host: HOST, ...headers } });

const sessions = (circumstances: Circumstances = {}) =>
  madeApp({ reader: { sessions: async () => [] }, ...circumstances });

describe('under which name it is asked', () => {
  it.each([
    ['127.0.0.1:8050', 200],
    ['localhost:8050', 200],
    ['LOCALHOST:8050', 200],
    ['[::1]:8050', 200],
    ['127.0.0.1', 403],
    ['127.0.0.1:8051', 403],
    ['evil.example:8050', 403],
    ['127.0.0.1:8050.evil.example', 403],
    ['localhost.evil.example:8050', 403],
    ['', 403],
  ])('%j: %d', async (host, status) => {
    const made = await sessions();
    const answer = await get(made, '/api/sessions', { host });
    expect(answer.statusCode).toBe(status);
    if (status === 403) expect(answer.json()).toMatchObject({ code: 'host_refused' });
    // The page itself and the health are no exception.
    expect((await get(made, '/', { host })).statusCode).toBe(status);
    expect((await get(made, '/health', { host })).statusCode).toBe(status);
  });

  it.each([
    ['lab-3.example.org', 200],
    ['lab-3.example.org:443', 200],
    ['proxy:9000', 200],
    ['proxy:9001', 403],
    ['192.168.1.5:8050', 200],
    ['192.168.1.6:8050', 403],
  ])('allowed by the configuration: %j: %d', async (host, status) => {
    const allowed_hosts = ['Lab-3.example.org', 'proxy:9000'];
    const token = '0123456789abcdef';
    const made = await sessions({ settings: { host: '192.168.1.5', token, allowed_hosts } });
    const authorization = `Bearer ${token}`;
    const answer = await get(made, '/api/sessions', { host, authorization });
    expect(answer.statusCode).toBe(status);
  });
});

describe('who asks', () => {
  it.each<readonly [Readonly<Record<string, string>>, number]>([
    [{}, 200],
    [{ origin: 'http://127.0.0.1:8050' }, 200],
    [{ origin: 'http://127.0.0.1:8050', 'sec-fetch-site': 'same-origin' }, 200],
    [{ 'sec-fetch-site': 'none' }, 200],
    [{ origin: 'http://localhost:8050' }, 403],
    [{ origin: 'http://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ origin: 'file://127.0.0.1:8050' }, 403],
    [{ origin: '' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
  ])('%j: %d', async (headers, status) => {
    const answer = await get(await sessions(), '/api/sessions', headers);
    expect(answer.statusCode).toBe(status);
    if (status === 403) expect(answer.json()).toMatchObject({ code: 'origin_refused' });
  });

  it('a link from elsewhere may lead to the page', async () => {
    const answer = await get(await sessions(), '/', { 'sec-fetch-site': 'cross-site' });
    expect(answer.statusCode).toBe(200);
  });
});

describe('what is written', () => {
  const post = ({ app }: MadeApp, payload: string, type: string) =>
    app.inject({
      method: 'POST',
      url: '/api/sessions/x/notes',
      payload,
      headers: { host: HOST, 'content-type': type },
    });
  const note = JSON.stringify({ text: 'a note' });
  const withSession = () =>
    madeApp({ reader: { session: async (uid) => ({ session_uid: uid }) as never } });

  it('has to be JSON by its type', async () => {
    const made = await withSession();
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const answer = await post(made, note, type);
      expect([answer.statusCode, answer.json()]).toMatchObject([415, { code: 'json_needed' }]);
    }
    expect(made.noted).toEqual([]);
    expect((await post(made, note, 'application/json')).statusCode).toBe(200);
    expect(made.noted).toMatchObject([{ said: { session: 'x', note: 'a note', author: null } }]);
  });

  it('has to be JSON in fact, of the shape that is asked for, and no more', async () => {
    const made = await withSession();
    for (const text of ['{', '', 'null', '[]', '{}', '{"text":""}', '{"text":"   "}'])
      expect((await post(made, text, 'application/json')).statusCode, text).toBe(400);
    const more = JSON.stringify({ text: 'x', stored: true });
    expect((await post(made, more, 'application/json')).json()).toMatchObject({
      code: 'bad_request',
    });
    const long = JSON.stringify({ text: 'x'.repeat(2_001) });
    expect((await post(made, long, 'application/json')).statusCode).toBe(400);
    const poisoned = '{"text":"x","__proto__":{"a":1}}';
    expect((await post(made, poisoned, 'application/json')).statusCode).toBe(400);
    expect(made.noted).toEqual([]);
  });

  it('has its bound', async () => {
    const made = await withSession();
    const answer = await post(made, `${' '.repeat(16_384)}${note}`, 'application/json');
    expect([answer.statusCode, answer.json()]).toMatchObject([413, { code: 'too_large' }]);
  });

  it('not by another method', async () => {
    const { app } = await withSession();
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'] as const) {
      const answer = await app.inject({ method, url: '/api/sessions/x', headers: { host: HOST } });
      expect(answer.statusCode, method).toBe(404);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

describe('what is asked', () => {
  it.each([
    '/api/sessions?limit=0',
    '/api/sessions?limit=201',
    '/api/sessions?limit=x',
    `/api/sessions?search=${'x'.repeat(201)}`,
    '/api/sessions?after=x',
    '/api/sessions?emulated=1',
    '/api/sessions/x%2Fy',
    '/api/sessions/..%2f',
    '/api/sessions/%00',
    '/api/sessions/x/curve?points=49',
    '/api/sessions/x/curve?points=10001',
    '/api/sessions/x/curve?from=x',
    '/api/sessions/x/export?format=exe',
    '/api/sessions/x/export',
    '/api/live/history?source=bench-1&seconds=86401',
    '/api/live/history',
    '/api/log?bench=app&process=passwd',
    '/api/log?bench=app&process=writer&lines=501',
    '/%zz',
  ])('is bounded: %s', async (url) => {
    const answer = await get(await madeApp(), url);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ code: 'bad_request' });
  });

  it('and is not there: 404', async () => {
    for (const url of [
      '/api',
      '/api/',
      '/api/nothing',
      '/nothing',
      '/.hidden',
      '/assets',
      '/assets/',
    ]) {
      const answer = await get(await madeApp(), url);
      expect([url, answer.statusCode, answer.json()]).toMatchObject([
        url,
        404,
        { code: 'not_found' },
      ]);
    }
  });
});

describe('what goes wrong', () => {
  it('says nothing of what is inside, but the log does', async () => {
    const made = await madeApp({
      reader: { sessions: () => Promise.reject(new Error('secret of line 7')) },
    });
    const answer = await get(made, '/api/sessions?search=private');
    expect([answer.statusCode, answer.json()]).toMatchObject([500, { code: 'internal' }]);
    expect(answer.body).not.toContain('secret');
    expect(made.logged).toMatchObject([
      { level: 'error', fields: { err: { message: 'secret of line 7' }, path: '/api/sessions' } },
    ]);
  });

  it('with a database is said by its own words', async () => {
    const locked = new StorageError('store_locked', 'held by another program');
    const made = await madeApp({ reader: { session: () => Promise.reject(locked) } });
    const answer = await get(made, '/api/sessions/x');
    expect([answer.statusCode, answer.json()]).toEqual([
      503,
      { code: 'database_unavailable', message: 'held by another program' },
    ]);
  });
});

describe('every answer', () => {
  it.each(['/', '/assets/index-abc.js', '/health', '/api/sessions', '/api/nothing', '/%zz'])(
    '%s forbids what a page does not need',
    async (url) => {
      const { headers } = await get(await sessions(), url);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringMatching(
          /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'$/,
        ),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it('is kept by nobody, unless it has its own name for each content', async () => {
    const made = await sessions();
    const kept = async (url: string) => (await get(made, url)).headers['cache-control'];
    expect(await kept('/')).toBe('no-store');
    expect(await kept('/api/sessions')).toBe('no-store');
    expect(await kept('/assets/index-abc.js')).toContain('immutable');
  });
});

describe('the page', () => {
  it('is what was built', async () => {
    const made = await madeApp();
    expect((await get(made, '/')).body).toContain('the page');
    expect((await get(made, '/assets/index-abc.js')).headers['content-type']).toContain(
      'javascript',
    );
  });

  it('says so when it was not', async () => {
    const answer = await get(await madeApp({ withoutPage: true }), '/');
    expect(answer.statusCode).toBe(503);
    expect(answer.body).toContain('npm run build');
  });
});

/** What one connection is answered, byte for byte. */
async function raw({ app }: MadeApp, request: string): Promise<string> {
  if (!app.server.listening) await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const socket = connect(port, '127.0.0.1');
  socket.end(request);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  await once(socket, 'close');
  return answer;
}

describe('over a real connection', () => {
  it.each([
    '/../../../package.json',
    '/..%2f..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/%2e%2e/package.json',
    '/assets/../../package.json',
    '/index.html%00.js',
    '/assets%5c..%5c..%5cpackage.json',
  ])('a path that climbs is refused: %s', async (path) => {
    const made = await madeApp();
    const answer = await raw(
      made,
      `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(made.logged).toEqual([]);
  });

  it('what is no HTTP is closed without a word', async () => {
    expect(await raw(await madeApp(), 'nonsense\r\n\r\n')).toBe('');
  });

  it('listening everywhere, the address that a connection came to is a name of ours', async () => {
    const token = '0123456789abcdef';
    const made = await sessions({ settings: { host: '0.0.0.0', token } });
    const ask = (host: string) =>
      raw(
        made,
        `GET /health HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
      );
    expect(await ask(HOST)).toMatch(/^HTTP\/1\.1 200/);
    expect(await ask('127.0.0.1:80')).toMatch(/^HTTP\/1\.1 403/);
    expect(await ask('192.168.1.5:8050')).toMatch(/^HTTP\/1\.1 403/);
    expect(await ask('0.0.0.0:8050')).toMatch(/^HTTP\/1\.1 403/);
  });
});
