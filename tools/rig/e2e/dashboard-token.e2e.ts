/** Who may come in when the dashboard listens to other computers as well. */
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { accessibilityFaults, ask, Bench, post, TestBrowser, type Run } from '@elmetron/rig';
import { describeInBrowser } from './in-a-browser.js';
import { test } from './on-a-bench.js';
import { dashboardRuns } from './on-a-dashboard.js';

describe('listening wider', () => {
  test('takes a token, and says what it opens', async ({ open }) => {
    const bench = await open({ config: { dashboard: { host: '0.0.0.0' } } });
    const run = bench.startDashboard();
    const { code } = await run.exited;
    expect(code).not.toBe(0);
    for (const word of ['dashboard.token', 'readings', 'logs', 'notes', 'not encrypted'])
      expect(run.tail()).toContain(word);
  });

  describe('with one', () => {
    const token = 'correct-horse-battery-staple-2026';
    let other: Bench;
    let run: Run;
    let wide: number;
    beforeAll(async () => {
      other = await Bench.open();
      await other.configure({ dashboard: { host: '0.0.0.0', token } });
      run = await dashboardRuns(other);
      wide = other.ports.dashboard;
    });
    afterAll(async () => {
      await other.close();
    });

    test('it warns of what it has opened, and keeps the token to itself', async () => {
      const warning = await run.logged('open to everyone');
      expect(warning.level).toBe(40);
      for (const word of ['readings', 'logs', 'notes', 'encrypted'])
        expect(warning.msg).toContain(word);
      expect(run.tail()).not.toContain(token);
    });

    describeInBrowser('a page that needs the token', () => {
      let browser: TestBrowser;
      beforeAll(async () => {
        browser = await TestBrowser.open();
      });
      afterAll(async () => {
        await browser.close();
      });

      test('asks for it, takes no other, and remembers that it had it', async () => {
        const watched = await browser.open(`http://127.0.0.1:${wide}`);
        // The browser itself calls each answer 401 an error.
        watched.tolerate(/status of 401/);
        const { page } = watched;
        await page.getByRole('heading', { name: 'This server asks for its token' }).waitFor();
        expect(await accessibilityFaults(page)).toEqual([]);
        await page.getByLabel('Token').fill('some other words of that length');
        await page.getByRole('button', { name: 'Enter' }).click();
        await page
          .getByRole('alert')
          .filter({ hasText: /not the token/ })
          .waitFor();
        await page.getByLabel('Token').fill(token);
        await page.getByRole('button', { name: 'Enter' }).click();
        await page.getByRole('article', { name: /bench-1/ }).waitFor();
        await page.reload();
        await page.getByRole('article', { name: /bench-1/ }).waitFor();
        expect(watched.faults).toEqual([]);
      });

      test('takes it from the address once, and leaves it there for nobody to see', async () => {
        const { page } = await browser.open(`http://127.0.0.1:${wide}`, {
          path: `/?token=${token}`,
        });
        await page.getByRole('article', { name: /bench-1/ }).waitFor();
        expect(page.url()).not.toContain('token');
        expect(await page.evaluate('document.cookie')).toBe('');
      });
    });

    test('everything but a request that bears it is refused', async () => {
      const bears = (word: string) => ({ authorization: `Bearer ${word}` });
      const login = await post(wide, '/api/login', { token });
      expect(login.status, login.text).toBeLessThan(300);
      const [cookie = ''] = login.headers['set-cookie'] ?? [];
      expect(cookie).toMatch(/HttpOnly/i);
      expect(cookie).toMatch(/SameSite=Strict/i);
      expect(cookie).not.toContain(token);
      const known = { cookie: cookie.split(';')[0] };

      const paths = ['/api/sessions', '/api/system', '/api/log?bench=app&process=writer'];
      for (const path of [...paths, '/api/live', '/api/sessions/nobody/export?format=csv']) {
        expect((await ask(wide, { path })).status, path).toBe(401);
        expect((await ask(wide, { path, headers: { cookie: 'elmetron_page=x' } })).status).toBe(
          401,
        );
      }
      expect((await post(wide, '/api/sessions/nobody/notes', { text: 'a' })).status).toBe(401);
      for (const path of paths) {
        for (const headers of [bears(token), known]) {
          expect([200, 404], path).toContain((await ask(wide, { path, headers })).status);
        }
      }
      // Whoever guesses is refused, and soon not even listened to; who was let in before stays in.
      const statuses: number[] = [];
      for (let i = 0; i < 15; i++) {
        const headers = bears(i % 2 === 0 ? `${token}${i}` : token.slice(0, -1));
        statuses.push((await ask(wide, { path: '/api/sessions', headers })).status);
      }
      expect(statuses[0]).toBe(401);
      expect(statuses.at(-1)).toBe(429);
      expect((await ask(wide, { path: '/api/sessions', headers: known })).status).toBe(200);
      expect((await post(wide, '/api/login', { token: 'x'.repeat(10_000) })).status).not.toBe(200);
      expect(run.tail()).not.toContain(token);
    });
  });
});
