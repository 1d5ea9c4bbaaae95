/**
 * All views of the page on a bench with three meters: side by side, by keyboard alone, checked for accessibility in
 * light and dark and on a phone; and what the system view says when something is wrong.
 */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import {
  accessibilityFaults,
  addMeters,
  Bench,
  DESKTOP,
  eventually,
  focusIsSeen,
  meterOn,
  PATIENCE_MS,
  PHONE,
  TestBrowser,
  tooWide,
  valueOf,
  type Run,
  type WatchedPage,
} from '@elmetron/rig';
import { describeInBrowser } from './in-a-browser.js';
import { measurements } from './on-a-bench.js';
import { dashboardRuns, notesIn, originOf } from './on-a-dashboard.js';
import { LivePage } from './live-page.js';
import { SessionPage } from './session-page.js';

const UNITS = { 'bench-1': 'pH', 'bench-2': 'mV rel', 'bench-3': '% O2' } as const;
const SOURCES = Object.keys(UNITS) as (keyof typeof UNITS)[];

describeInBrowser('the views of the page', () => {
  let bench: Bench;
  let writer: Run;
  let browser: TestBrowser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    bench = await Bench.open({ profile: { poll_interval_s: 0.25 } });
    const added = await addMeters(bench, 2);
    await bench.startMeter('--unit', UNITS['bench-1']);
    await added[0]?.startMeter('--unit', UNITS['bench-2']);
    await added[1]?.startMeter('--unit', UNITS['bench-3']);
    writer = bench.startWriter();
    bench.startAcquisition();
    for (const meter of added) meter.startAcquisition();
    await dashboardRuns(bench);
    await measurements(bench, 30);
    browser = await TestBrowser.open();
    watched = await browser.open(originOf(bench));
    ({ page } = watched);
  }, 2 * PATIENCE_MS);
  afterAll(async () => {
    await browser.close();
    await bench.close();
  });
  afterEach(() => {
    expect(browser.faults).toEqual([]);
  });

  const sessionOf = (source: string): string =>
    bench.database().sessions.find((row) => row.source === source)?.session_uid ?? '';

  test('three meters side by side, each with its own value and unit', async () => {
    for (const source of SOURCES) {
      await meterOn(page, source).getByText('Recording', { exact: true }).waitFor();
      expect(await meterOn(page, source).innerText()).toContain(UNITS[source]);
    }
    await page.getByText('3 of 3 recording').waitFor();
    await eventually(
      'each value to be that of its own meter',
      async () => {
        const shown = await Promise.all(
          SOURCES.map(async (source) => Number(await valueOf(page, source).textContent())),
        );
        const rows = bench.database();
        return SOURCES.every((source, i) => {
          const own = rows.measurements.filter(({ session_uid: uid }) => uid === sessionOf(source));
          return own.slice(-8).some(({ value }) => value === shown[i]);
        });
      },
      10_000,
    );
    await meterOn(page, 'bench-2').getByRole('link', { name: 'bench-2' }).click();
    await new LivePage(page, 'bench-2').curve().waitFor();
    await page
      .getByRole('navigation', { name: 'Meters' })
      .getByRole('link', { name: 'All meters' })
      .click();
    await meterOn(page, 'bench-3').waitFor();
  });

  test('the main tasks by keyboard alone', async () => {
    await page.goto(originOf(bench));
    await page.reload();
    await meterOn(page, 'bench-1').waitFor();
    const press = (key: string) => page.keyboard.press(key);
    /** Tabs on until something of this role and name has the focus. */
    const tabTo = async (
      role: 'link' | 'button' | 'slider' | 'searchbox' | 'textbox',
      name: RegExp,
    ) => {
      const wanted = page.getByRole(role, { name });
      for (let i = 0; i < 80; i++) {
        await press('Tab');
        const focused = page.locator(':focus');
        const hit = wanted.and(focused);
        if ((await hit.count()) === 1) {
          expect(
            await page.evaluate(focusIsSeen),
            `the focus on ${role} ${String(name)} can be seen`,
          ).toBe(true);
          return;
        }
      }
      throw new Error(`no tab leads to the ${role} ${String(name)}`);
    };

    // The first stop leads past the header.
    await press('Tab');
    expect(await page.locator(':focus').innerText()).toBe('To the content');
    await press('Enter');
    expect(await page.locator(':focus').getAttribute('id')).toBe('main');
    await tabTo('link', /^bench-3$/);
    await press('Enter');
    const live = new LivePage(page, 'bench-3');
    await live.curve().waitFor();

    // The cursor moves over the curve, and says where it is.
    await tabTo('slider', /Curve/);
    await expect.poll(() => live.curveWords(), { timeout: 10_000 }).toMatch(/lowest/);
    const cursor = (): Promise<string | null> => live.curve().getAttribute('aria-valuetext');
    await press('ArrowLeft');
    await expect.poll(cursor).toMatch(/\d\d:\d\d:\d\d.*% O2/);
    const before = await cursor();
    await press('Home');
    await expect.poll(cursor).not.toBe(before);
    expect(await cursor()).toMatch(/\d\d:\d\d:\d\d.*% O2/);

    // A note where it stands.
    await press('n');
    const view = new SessionPage(page);
    await view.dialog.waitFor();
    await page.keyboard.type('by keyboard');
    await press('Control+Enter');
    await view.dialog.waitFor({ state: 'hidden' });
    await eventually('the note', () => notesIn(bench).includes('by keyboard'), 10_000);
    expect(await page.locator(':focus').getAttribute('role')).toBe('slider');
    await press('n');
    await view.dialog.waitFor();
    await press('Escape');
    await view.dialog.waitFor({ state: 'hidden' });

    // From the list to a session, closely and back to all of it.
    await page.reload();
    await live.curve().waitFor();
    await tabTo('link', /^Sessions$/);
    await press('Enter');
    await page.getByRole('heading', { name: 'Sessions' }).waitFor();
    await tabTo('searchbox', /Search/);
    await page.keyboard.type('bench-3');
    await page
      .getByRole('status')
      .filter({ hasText: /^1 session/ })
      .waitFor();
    await tabTo('link', /\d\d:\d\d:\d\d/);
    await press('Enter');
    await view.words();
    await tabTo('slider', /Curve/);
    expect(view.shown()).toBeNull();
    await press('+');
    await expect.poll(() => view.shown()).not.toBeNull();
    await press('0');
    await expect.poll(() => view.shown()).toBeNull();
    await tabTo('link', /^CSV$/);
  });

  test('no view has an accessibility fault: light and dark, desk and phone', async () => {
    await page.goto(`${originOf(bench)}/#/live`);
    const [one, two] = [sessionOf('bench-1'), sessionOf('bench-2')];
    const views = [
      ['#/live', 'article'],
      ['#/live/bench-1', 'slider'],
      ['#/sessions', 'checkbox'],
      [`#/sessions/${one}`, 'slider'],
      [`#/compare/${one},${two}`, 'slider'],
      ['#/system', 'meter'],
      ['#/nothing', 'heading'],
    ] as const;
    const wrong: string[] = [];
    for (const viewport of [DESKTOP, PHONE]) {
      for (const colorScheme of ['light', 'dark'] as const) {
        const other = await browser.open(originOf(bench), { viewport, colorScheme });
        for (const [hash, role] of views) {
          const where = `${hash} ${colorScheme} ${viewport.width}`;
          await other.page.goto(`${originOf(bench)}/${hash}`);
          await other.page.getByRole(role).first().waitFor();
          for (const fault of await accessibilityFaults(other.page))
            wrong.push(`${where}: ${fault}`);
          const over = await other.page.evaluate(tooWide);
          if (over > 0) wrong.push(`${where}: ${over} px wider than the screen`);
        }
        await other.page.context().close();
      }
    }
    expect(wrong.join('\n')).toBe('');
  });

  test('an open dialog has none either', async () => {
    await page.goto(`${originOf(bench)}/#/sessions/${sessionOf('bench-1')}`);
    const view = new SessionPage(page);
    await view.words();
    await view.clickCurve(0.3);
    await view.dialog.waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
  });

  test('the system view: all is well, and what to do when the writer is gone', async () => {
    await page.goto(`${originOf(bench)}/#/system`);
    const main = page.getByRole('main');
    const says = async (words: RegExp, withinMs: number): Promise<void> => {
      let said = '';
      await eventually(
        `the system view to say ${String(words)}`,
        async () => words.test((said = await main.innerText())),
        withinMs,
        () => said.slice(0, 2_000),
      );
    };
    await says(/^All is well/m, 20_000);
    for (const name of ['acquisition', 'writer', 'dashboard'])
      expect(await main.getByRole('heading', { name, exact: true }).count()).toBeGreaterThan(0);
    await writer.kill();
    await says(/^(?:Needs attention|Act now)/m, 20_000);
    await main.getByRole('heading', { name: 'What to do' }).waitFor();
    const advice = await main.getByRole('list').first().innerText();
    expect(advice).toMatch(/writer/i);
    expect(await accessibilityFaults(page)).toEqual([]);
    writer = bench.startLauncher();
    await says(/^All is well/m, PATIENCE_MS);
  });
});
