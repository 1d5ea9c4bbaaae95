/**
 * What a program or a page with bad intentions may send to the dashboard's server changes nothing and shows nothing.
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, Bench, PATIENCE_MS, post, type Answer, type Run } from '@elmetron/rig';
import { deliversAll, expectWhole } from './on-a-bench.js';
import { notesIn, pipelineRuns, sessionsOf } from './on-a-dashboard.js';

let bench: Bench;
let acquisition: Run;
let writer: Run;
let dashboard: Run;
let port: number;
let session: string;

beforeAll(async () => {
  bench = await Bench.open({ profile: { poll_interval_s: 0.1 } });
  port = bench.ports.dashboard;
  ({ writer, acquisition, dashboard } = await pipelineRuns(bench, 20));
  session = bench.database().sessions[0]?.session_uid ?? '';
}, 2 * PATIENCE_MS);
afterAll(async () => {
  await bench.close();
});

/** Refused with a reason that is for people and tells nothing of this machine. */
function expectRefused(answer: Answer, ...statuses: number[]): void {
  const { status, text } = answer;
  expect(statuses.length === 0 ? [400, 403, 404, 405, 413, 415, 421] : statuses, text).toContain(
    status,
  );
  expect(text).not.toContain(bench.dir);
  expect(text).not.toMatch(/node_modules|\.js:\d+|\s+at /);
}

describe('what it does not let in', () => {
  const PATHS = ['/', '/api/live', '/api/sessions', '/api/system', '/api/openapi.json', '/nothing'];

  test.each([
    'evil.example',
    'evil.example:80',
    '127.0.0.1.evil.example',
    'evil.localhost',
    'localhost.evil.example',
    '0.0.0.0',
    '127.0.0.1:99999',
  ])('another Host: %j', async (host) => {
    for (const path of PATHS) {
      const answer = await ask(port, { path, headers: { host } });
      expectRefused(answer, 400, 403, 421);
    }
    expectRefused(
      await post(port, `/api/sessions/${session}/notes`, { text: 'host' }, { host }),
      400,
      403,
      421,
    );
  });

  test('its own names are let in', async () => {
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`]) {
      expect((await ask(port, { headers: { host } })).status, host).toBe(200);
    }
  });

  test('a page of another origin can neither write nor read', async () => {
    const path = `/api/sessions/${session}/notes`;
    const foreign = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `http://127.0.0.1:${port + 1}` },
      { origin: `http://127.0.0.1:${port}.evil.example` },
      { origin: `http://localhost:${port}@evil.example` },
    ];
    for (const headers of foreign) {
      const answer = await post(port, path, { text: 'origin' }, headers);
      expectRefused(answer, 403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
    // A form of another page sends one of these, and asks nobody before.
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]) {
      const body = '{"text":"form"}';
      expectRefused(
        await ask(port, {
          method: 'POST',
          path,
          headers: { 'content-type': type, origin: 'https://evil.example' },
          body,
        }),
        403,
        415,
      );
      expectRefused(
        await ask(port, { method: 'POST', path, headers: { 'content-type': type }, body }),
        400,
        403,
        415,
      );
    }
    expectRefused(
      await post(port, path, { text: 'site' }, { 'sec-fetch-site': 'cross-site' }),
      403,
    );
    const preflight = await ask(port, {
      method: 'OPTIONS',
      path,
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined();
    const read = await ask(port, {
      path: '/api/sessions',
      headers: { origin: 'https://evil.example' },
    });
    expect(read.headers['access-control-allow-origin']).toBeUndefined();
    expect(notesIn(bench)).toEqual([]);
  });

  test('bodies that are too large, too many, or nothing of the kind', async () => {
    const path = `/api/sessions/${session}/notes`;
    expectRefused(await post(port, path, { text: 'x'.repeat(2_001) }), 400);
    expectRefused(await post(port, path, { text: 'x'.repeat(300_000) }), 400, 413);
    // So much that the answer comes while it is being sent: the connection may end with it.
    const huge = await post(port, path, { text: 'x'.repeat(20_000_000) }).catch(() => undefined);
    if (huge !== undefined) expectRefused(huge, 413);
    expectRefused(await post(port, path, { text: ' ' }), 400);
    expectRefused(await post(port, path, { text: 'a', at: -1 }), 400);
    expectRefused(await post(port, path, { text: 'a', at: 9e15 }), 400);
    expectRefused(await post(port, path, { text: 'a', more: 1 }), 400);
    expectRefused(await post(port, path, { text: ['a'] }), 400);
    expectRefused(await post(port, path, '{"text":'), 400);
    expectRefused(await post(port, path, '{"__proto__":{"text":"a"}}'), 400);
    expectRefused(await post(port, path, ''), 400);
    const metadata = `/api/sessions/${session}/metadata`;
    expectRefused(await post(port, metadata, { key: '', value: 'a' }), 400);
    expectRefused(await post(port, metadata, { key: 'a', value: 'x'.repeat(1_001) }), 400);
    expectRefused(await post(port, metadata, { key: 'a', value: true }), 400);
    expect(notesIn(bench)).toEqual([]);
  });

  test('names and numbers that are none', async () => {
    const bad = [
      '/api/sessions/..%2f..%2fetc',
      '/api/sessions/%00',
      `/api/sessions/${'x'.repeat(101)}`,
      "/api/sessions/'%20OR%201=1--",
      '/api/sessions/nobody',
      '/api/sessions/nobody/curve',
      '/api/sessions/nobody/statistics',
      '/api/sessions/nobody/export?format=csv',
      `/api/sessions/${session}/export?format=exe`,
      `/api/sessions/${session}/export?format=csv&time_zone=Nowhere/Land`,
      `/api/sessions/${session}/curve?points=10000000`,
      `/api/sessions/${session}/curve?points=-1`,
      `/api/sessions/${session}/curve?from=abc`,
      '/api/sessions?limit=100000',
      `/api/sessions?search=${'x'.repeat(201)}`,
      '/api/live/history?source=bench-1&seconds=1e9',
      '/api/live/history?source=nobody',
      '/api/log?bench=..%2f..&process=writer',
      '/api/log?bench=app&process=..%2fwriter',
      '/api/log?bench=app&process=writer&lines=1000000',
    ];
    for (const path of bad) {
      const answer = await ask(port, { path });
      expectRefused(answer, 400, 404, 414);
      const { code, message } = JSON.parse(answer.text) as { code: string; message: string };
      expect([typeof code, typeof message], path).toEqual(['string', 'string']);
    }
    expectRefused(await post(port, '/api/sessions/nobody/notes', { text: 'a' }), 404);
  });

  test('a search is a text, not a pattern and not SQL', async () => {
    for (const search of ['%', '_', "' OR 1=1 --", '"', '\\', 'a%b', '*']) {
      const found = await sessionsOf(bench, `?search=${encodeURIComponent(search)}`);
      expect(found, search).toEqual([]);
    }
    expect(await sessionsOf(bench, '?search=emu0')).toHaveLength(1);
  });

  test('paths that climb out of what is handed out', async () => {
    const secret = readFileSync(new URL('../package.json', import.meta.url), 'utf8').slice(0, 30);
    const climbs = [
      '/../../../package.json',
      '/../../../../../../../../etc/passwd',
      '/..%2f..%2f..%2fpackage.json',
      '/%2e%2e/%2e%2e/%2e%2e/package.json',
      '/assets/..%2f..%2f..%2fpackage.json',
      '/assets/../../../package.json',
      '/assets/..%5c..%5cpackage.json',
      '/%252e%252e%252fpackage.json',
      '//etc/passwd',
      '/.git/config',
      '/package.json',
      '/src/main.tsx',
      '/config/app.toml',
      '/data/demo/elmetron.sqlite',
      '/index.html%00.js',
    ];
    const odd: string[] = [];
    for (const path of climbs) {
      const { status, text } = await ask(port, { path });
      expect(text, path).not.toContain('root:');
      expect(text, path).not.toContain(secret);
      expect(text, path).not.toContain('SQLite format');
      if (status < 400 || status >= 500) odd.push(`${status} ${path}`);
    }
    expect(odd).toEqual([]);
  });

  test('methods that it has no use for', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'POST']) {
      const headers = { origin: `http://127.0.0.1:${port}` };
      for (const path of ['/', '/api/sessions', `/api/sessions/${session}`, '/api/system']) {
        expectRefused(await ask(port, { method, path, headers }), 400, 404, 405, 415);
      }
    }
  });

  test('the page may load its own files and nothing else', async () => {
    const { headers } = await ask(port);
    const policy = String(headers['content-security-policy']);
    const directives = new Map(
      policy
        .split(';')
        .map((part) => part.trim().split(/\s+/))
        .map(([name = '', ...sources]) => [name, sources]),
    );
    const sources = (name: string): readonly string[] | undefined =>
      directives.get(name) ?? directives.get('default-src');
    for (const name of ['script-src', 'style-src', 'connect-src', 'img-src', 'font-src']) {
      expect(["'self'", "'none'"], `${name} of ${policy}`).toContain(sources(name)?.join(' '));
    }
    expect(sources('object-src'), policy).toEqual(["'none'"]);
    expect(directives.get('base-uri'), policy).toEqual(["'none'"]);
    expect(directives.get('frame-ancestors'), policy).toEqual(["'none'"]);
    expect(["'self'", "'none'"]).toContain(directives.get('form-action')?.join(' '));
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    for (const path of ['/api/sessions', '/nothing']) {
      const { headers: others } = await ask(port, { path });
      expect(others['x-content-type-options'], path).toBe('nosniff');
      expect(others['content-security-policy'], path).toBeDefined();
    }
  });
});

test('after all that the capture has lost nothing, and the dashboard is well', async () => {
  expect(dashboard.exit, dashboard.tail()).toBeUndefined();
  await deliversAll(bench, acquisition);
  await writer.stop();
  await expectWhole(bench);
  expect((await dashboard.stop()).code).toBe(0);
});
