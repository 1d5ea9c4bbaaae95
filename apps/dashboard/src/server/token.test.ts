/** Who knows the token and who does not. */
import { describe, expect, it } from 'vitest';
import { madeApp, type MadeApp } from '../testing/made-app.js';

const HOST = '127.0.0.1:8050';
const TOKEN = '0123456789abcdef';

const guarded = (token = TOKEN) =>
  madeApp({ settings: { token }, reader: { sessions: async () => [] } });

const get = ({ app }: MadeApp, url: string, headers: Readonly<Record<string, string>> = {}) =>
  app.inject({ url, headers: { host: HOST, ...headers } });

const login = ({ app }: MadeApp, token: string, remoteAddress = '192.168.1.7') =>
  app.inject({
    method: 'POST',
    url: '/api/login',
    remoteAddress,
    payload: { token },
    headers: { host: HOST, 'content-type': 'application/json' },
  });

const cookieOf = (answer: { readonly headers: Readonly<Record<string, unknown>> }): string =>
  String(answer.headers['set-cookie']).split(';')[0] ?? '';

describe('without it', () => {
  it.each([
    '/api/sessions',
    '/api/sessions/x',
    '/api/sessions/x/curve',
    '/api/sessions/x/statistics',
    '/api/sessions/x/export?format=csv',
    '/api/live',
    '/api/live/history?source=bench-1',
    '/api/system',
    '/api/log?bench=app&process=writer',
    '/api/openapi.json',
    // The same by other writings of the address.
    '/%61pi/sessions',
    '/api/%73essions',
    '/api/sessions?token=0123456789abcdef',
  ])('%s is refused', async (url) => {
    const answer = await get(await guarded(), url);
    expect([answer.statusCode, answer.json()]).toMatchObject([401, { code: 'token_needed' }]);
    expect(answer.body).not.toContain(TOKEN);
  });

  it('nothing is written', async () => {
    const made = await guarded();
    for (const what of ['notes', 'metadata']) {
      const answer = await made.app.inject({
        method: 'POST',
        url: `/api/sessions/x/${what}`,
        payload: { text: 'x', key: 'k', value: 1 },
        headers: { host: HOST },
      });
      expect(answer.statusCode).toBe(401);
    }
    expect(made.noted).toEqual([]);
  });

  it('the page and the health are there: they hold no data', async () => {
    const made = await guarded();
    for (const url of ['/', '/assets/index-abc.js', '/health'])
      expect((await get(made, url)).statusCode, url).toBe(200);
  });
});

describe('with it', () => {
  it('a program says it in each request', async () => {
    const made = await guarded();
    const status = async (authorization: string) =>
      (await get(made, '/api/sessions', { authorization })).statusCode;
    expect(await status(`Bearer ${TOKEN}`)).toBe(200);
    expect(await status(`bearer ${TOKEN}`)).toBe(200);
    expect(await status(`Bearer ${TOKEN}x`)).toBe(401);
    expect(await status(`Bearer ${TOKEN.slice(0, -1)}`)).toBe(401);
    expect(await status(`Basic ${TOKEN}`)).toBe(401);
    expect(await status('Bearer ')).toBe(401);
    expect(await status(TOKEN)).toBe(401);
  });

  it('a browser says it once', async () => {
    const made = await guarded();
    const answer = await login(made, TOKEN);
    expect([answer.statusCode, answer.json()]).toEqual([200, { token_needed: true }]);
    expect(answer.headers['set-cookie']).toMatch(/; HttpOnly; SameSite=Strict$/);
    expect(answer.headers['set-cookie']).not.toContain(TOKEN);
    const cookie = `theme=dark; ${cookieOf(answer)}; more=1`;
    expect((await get(made, '/api/sessions', { cookie })).statusCode).toBe(200);
  });

  it('a cookie of another token, or one that was made up, is none', async () => {
    const other = cookieOf(
      await login(await guarded('another-token-of-16'), 'another-token-of-16'),
    );
    const made = await guarded();
    for (const cookie of [
      other,
      'elmetron_page_8050=',
      `elmetron_page_8050=${TOKEN}`,
      'elmetron_page_8050',
    ])
      expect((await get(made, '/api/sessions', { cookie })).statusCode, cookie).toBe(401);
  });

  it('in the address it is taken once, and taken out of it', async () => {
    const made = await guarded();
    const answer = await get(made, `/?token=${TOKEN}`);
    expect([answer.statusCode, answer.headers.location]).toEqual([303, './']);
    const cookie = cookieOf(answer);
    expect((await get(made, '/api/sessions', { cookie })).statusCode).toBe(200);
    const wrong = await get(made, '/?token=wrong-wrong-wrong');
    expect([wrong.statusCode, wrong.headers['set-cookie']]).toEqual([303, undefined]);
  });
});

describe('whoever guesses', () => {
  it('has to wait, also with the right one; others need not', async () => {
    const made = await guarded();
    for (let i = 0; i < 10; i += 1)
      expect((await login(made, `wrong-token-number-${i}`)).statusCode).toBe(401);
    const answer = await login(made, TOKEN);
    expect([answer.statusCode, answer.json()]).toMatchObject([429, { code: 'too_many_tries' }]);
    expect((await login(made, TOKEN, '192.168.1.8')).statusCode).toBe(200);
    made.clock.pass(59_000);
    expect((await login(made, TOKEN)).statusCode).toBe(429);
    made.clock.pass(1_001);
    expect((await login(made, TOKEN)).statusCode).toBe(200);
  });

  it('by the header or the address as by the login', async () => {
    const made = await guarded();
    for (let i = 0; i < 5; i += 1) {
      await get(made, '/api/sessions', { authorization: `Bearer wrong-${i}` });
      await get(made, `/?token=wrong-${i}`);
    }
    const authorization = `Bearer ${TOKEN}`;
    expect((await get(made, '/api/sessions', { authorization })).statusCode).toBe(429);
    expect((await get(made, `/?token=${TOKEN}`)).headers['set-cookie']).toBeUndefined();
  });

  it('locks out no browser that has its cookie', async () => {
    const made = await guarded();
    const cookie = cookieOf(await login(made, TOKEN, '127.0.0.1'));
    for (let i = 0; i < 20; i += 1) await login(made, `wrong-${i}`, '127.0.0.1');
    expect((await get(made, '/api/sessions', { cookie })).statusCode).toBe(200);
  });

  it('under many addresses fills no memory', async () => {
    const made = await guarded();
    for (let i = 0; i < 3_000; i += 1)
      await login(made, 'wrong', `10.0.${Math.floor(i / 250)}.${i % 250}`);
    expect((await login(made, TOKEN)).statusCode).toBe(200);
  });
});

it('two pages of one computer do not log each other out', async () => {
  const other = await madeApp({ settings: { token: 'another-token-of-16', port: 8060 } });
  const theirs = await other.app.inject({
    method: 'POST',
    url: '/api/login',
    payload: { token: 'another-token-of-16' },
    headers: { host: '127.0.0.1:8060' },
  });
  const made = await guarded();
  const ours = cookieOf(await login(made, TOKEN));
  const names = [cookieOf(theirs), ours].map((cookie) => cookie.split('=')[0]);
  expect(new Set(names).size).toBe(2);
  const cookie = `${ours}; ${cookieOf(theirs)}`;
  expect((await get(made, '/api/sessions', { cookie })).statusCode).toBe(200);
});

it('where none is needed nobody is asked', async () => {
  const made = await guarded('');
  expect((await get(made, '/api/sessions')).statusCode).toBe(200);
  const answer = await login(made, 'whatever');
  expect([answer.json(), answer.headers['set-cookie']]).toEqual([
    { token_needed: false },
    undefined,
  ]);
});
