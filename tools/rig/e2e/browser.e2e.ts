/** The watch over a page sees what it is there for: without it a test of the dashboard proves nothing. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessibilityFaults, relateClock, takeTexts, TestBrowser, watchText } from '@elmetron/rig';
import { describeInBrowser } from './in-a-browser.js';

const PAGES: Readonly<Record<string, string>> = {
  '/good': '<h1>Good</h1>',
  '/console': '<script src="/run.js?console.error(1)"></script>',
  '/throws': '<script src="/run.js?nobody.there()"></script>',
  '/rejects': '<script src="/run.js?Promise.reject(new%20Error(1))"></script>',
  '/alert': '<script src="/run.js?alert(1)"></script>',
  '/inline': '<p onclick="x()">a</p><script>document.title = "run"</script>',
  '/markup': '<img src="nothing" alt="" onerror="alert(1)" />',
  '/elsewhere': '<script src="/run.js?fetch(\'http://127.0.0.2:9/\').catch(()=>{})"></script>',
  '/nameless': '<button></button>',
  '/changes': '<output>1</output><script src="/change.js"></script>',
};

describeInBrowser('the watch over a page', () => {
  let server: Server;
  let origin: string;
  let browser: TestBrowser;
  const listening = () => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
  let before: number;

  beforeAll(async () => {
    before = listening();
    server = createServer((request, response) => {
      const { pathname, search } = new URL(request.url ?? '/', 'http://any');
      response.setHeader('content-security-policy', "default-src 'self'; connect-src *");
      if (pathname.endsWith('.js')) {
        response.setHeader('content-type', 'text/javascript');
        response.end(pathname === '/run.js' ? decodeURIComponent(search.slice(1)) : CHANGE);
        return;
      }
      response.setHeader('content-type', 'text/html');
      const body = PAGES[pathname];
      response.statusCode = body === undefined ? 404 : 200;
      response.end(
        `<!doctype html><html lang="en"><head><title>t</title><link rel="icon" href="/run.js"></head><body><main>${body ?? ''}</main></body></html>`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await TestBrowser.open();
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  test('leaves the signals of the process to whoever has more than a browser to end', () => {
    expect(listening()).toBe(before);
  });

  test('a page of which there is nothing to say', async () => {
    const watched = await browser.open(origin, { path: '/good' });
    expect(await watched.page.getByRole('heading').textContent()).toBe('Good');
    expect(await accessibilityFaults(watched.page)).toEqual([]);
    expect(watched.faults).toEqual([]);
  });

  test.each([
    ['/console', /console: 1/],
    ['/throws', /uncaught: ReferenceError/],
    ['/rejects', /uncaught: Error: 1/],
    ['/alert', /a dialog: alert 1/],
    ['/inline', /content security policy: script-src-elem/i],
    ['/inline', /content security policy: script-src-attr/i],
    ['/markup', /content security policy: script-src-attr/i],
    ['/elsewhere', /asked for http:\/\/127\.0\.0\.2:9/],
    ['/missing', /404/],
  ])('%s is a fault: %s', async (path, fault) => {
    const watched = await browser.open(origin, { path });
    await expect.poll(() => watched.faults.join('\n')).toMatch(fault);
  });

  test('a button without a name is not accessible', async () => {
    const { page } = await browser.open(origin, { path: '/nameless' });
    expect((await accessibilityFaults(page)).join()).toMatch(/button-name \(critical\)/);
  });

  test('what an element says is seen with its time on our clock', async () => {
    const { page } = await browser.open(origin, { path: '/changes' });
    await page.getByRole('status').evaluate(watchText);
    const clock = await relateClock(page);
    expect(clock.uncertainty).toBeLessThan(20);
    const before = performance.now();
    await page.getByRole('status').click();
    await page.getByText('3').waitFor();
    const after = performance.now();
    const seen = await page.evaluate(takeTexts);
    expect(seen.map(({ text }) => text)).toEqual(['1', '2']);
    const at = clock.toOurs(seen[1]?.at ?? NaN);
    expect(at).toBeGreaterThan(before - clock.uncertainty);
    expect(at).toBeLessThan(after + clock.uncertainty);
    expect(seen[1]?.shownAt).toBeGreaterThan(seen[1]?.at ?? NaN);
  });
});

/** One, two, three: with frames between. */
const CHANGE = `
const output = document.querySelector('output');
output.onclick = () => {
  output.textContent = '2';
  setTimeout(() => (output.textContent = '3'), 100);
};`;
