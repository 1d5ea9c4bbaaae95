/**
 * Recorded sessions in a real browser, with no meter and no other process there: found, looked at, written on,
 * compared and taken along. What people and devices have written is shown as the text that it is.
 */
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { parse } from 'csv-parse/sync';
import type { Page } from 'playwright-core';
import readXlsx from 'read-excel-file/node';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { newSessionId } from '@elmetron/protocol';
import {
  Bench,
  eventually,
  PATIENCE_MS,
  post,
  storeSession,
  TestBrowser,
  type StoredSession,
  type WatchedPage,
} from '@elmetron/rig';
import { describeInBrowser } from './in-a-browser.js';
import { dashboardRuns, notesIn, originOf } from './on-a-dashboard.js';
import { SessionPage } from './session-page.js';

const REAL = 'data/elmetron.sqlite';
const HOUR_MS = 3_600_000;
const STARTED_AT = Date.UTC(2026, 4, 4, 8);
const HOSTILE = '<img src=x onerror=alert(1)>';
const SCRIPT = '"><script>alert(2)</script>';

const stored = (of: Partial<StoredSession>): StoredSession => ({
  session: newSessionId(),
  source: 'bench-1',
  startedAt: STARTED_AT,
  intervalMs: 1_000,
  measurements: 1_000,
  ended: true,
  ...of,
});

const long = stored({
  measurements: 3_000,
  start: { serial: '00042/26', metadata: { sample: 'S-120' } },
});
const short = stored({ startedAt: STARTED_AT + 5 * HOUR_MS, measurements: 1_500 });
const hostile = stored({
  startedAt: STARTED_AT + 9 * HOUR_MS,
  measurements: 20,
  odd: { 7: { value: 7, unit: '<b>pH</b>' } },
  start: {
    model: HOSTILE,
    serial: SCRIPT,
    profile: '<i>p</i>',
    metadata: { [HOSTILE]: SCRIPT, javascript: 'javascript:alert(3)' },
  },
});
const emulated = stored({
  startedAt: STARTED_AT + 12 * HOUR_MS,
  measurements: 100,
  start: { serial: 'EMU00001', emulated: true },
});

describeInBrowser('recorded sessions', () => {
  let bench: Bench;
  let browser: TestBrowser;
  let watched: WatchedPage;
  let page: Page;
  let view: SessionPage;

  beforeAll(async () => {
    bench = await Bench.open();
    for (const session of [long, short, hostile]) await storeSession(bench.path(REAL), session);
    await storeSession(bench.path('data/demo/elmetron.sqlite'), emulated);
    await dashboardRuns(bench);
    browser = await TestBrowser.open();
    watched = await browser.open(originOf(bench), { path: '/#/sessions' });
    ({ page } = watched);
    view = new SessionPage(page);
  }, 2 * PATIENCE_MS);
  afterAll(async () => {
    await browser.close();
    await bench.close();
  });
  afterEach(() => {
    expect(watched.faults).toEqual([]);
  });

  const rows = () => page.getByRole('row').filter({ has: page.getByRole('checkbox') });
  const open = async ({ session }: StoredSession, more = ''): Promise<void> => {
    await page.goto(`${originOf(bench)}/#/sessions`);
    await rows().first().waitFor();
    await page.goto(`${originOf(bench)}/#/sessions/${session}${more}`);
    await view.words();
  };
  const search = async (text: string, found: number): Promise<void> => {
    await page.getByRole('searchbox').fill(text);
    await page
      .getByRole('status')
      .filter({ hasText: new RegExp(`^${found} session`) })
      .waitFor();
    expect(await rows().count()).toBe(found);
  };

  test('the list: the latest first, emulated ones marked, and found by what was noted', async () => {
    await page.getByRole('status').filter({ hasText: '4 sessions' }).waitFor();
    expect(await rows().count()).toBe(4);
    expect(await rows().first().innerText()).toContain('EMULATED');
    expect(await rows().nth(3).innerText()).not.toContain('EMULATED');
    await search('s-120', 1);
    await search('<img', 1);
    await search('', 4);
    await page.getByRole('radio', { name: 'Emulated' }).check();
    await page.getByRole('status').filter({ hasText: '1 session' }).waitFor();
    await page.getByRole('radio', { name: 'All' }).check();
    await page.getByRole('status').filter({ hasText: '4 sessions' }).waitFor();
  });

  test('a note added by clicking the curve is there after a reload, and in database and journal', async () => {
    await open(long);
    await view.clickCurve(0.5);
    await view.writeNote(`${HOSTILE} & more`, SCRIPT);
    const marks = view.section('Notes, alarms and events');
    await marks.getByText(`${HOSTILE} & more`).waitFor();
    await page.reload();
    await view.words();
    await marks.getByText(`${HOSTILE} & more`).waitFor();
    expect(await marks.innerText()).toContain(SCRIPT);
    expect(await page.locator('img').count()).toBe(0);

    expect(notesIn(bench, REAL)).toEqual([`${HOSTILE} & more`]);
    const db = new Database(bench.path(REAL), { readonly: true });
    try {
      const [note, ...others] = db
        .prepare<[], { session_uid: string; at: string; author: string; text: string }>(
          'SELECT * FROM annotation_log',
        )
        .all();
      expect(others).toEqual([]);
      expect(note).toMatchObject({
        session_uid: long.session,
        author: SCRIPT,
        text: `${HOSTILE} & more`,
      });
      const middle = long.startedAt + (long.measurements * long.intervalMs) / 2;
      const off = Math.abs(Date.parse(note?.at ?? '') - middle);
      expect(off).toBeLessThan(long.measurements * long.intervalMs * 0.03);
    } finally {
      db.close();
    }
    // Whoever searches for it finds the session.
    await page.goto(`${originOf(bench)}/#/sessions`);
    await search('& more', 1);
  });

  test('a note is kept once, however long the keys that keep it are held', async () => {
    const text = 'keys held down';
    await open(short);
    await view.clickCurve(0.5);
    await view.dialog.getByRole('textbox', { name: 'Note' }).fill(text);
    let asked = 0;
    let answer = (): void => undefined;
    const released = new Promise<void>((resolve) => (answer = resolve));
    await page.route('**/notes', async (route) => {
      asked++;
      await released;
      await route.continue();
    });
    await page.keyboard.down('Control');
    for (let i = 0; i < 3; i++) await page.keyboard.down('Enter');
    await page.keyboard.up('Enter');
    await page.keyboard.up('Control');
    answer();
    await view.dialog.waitFor({ state: 'hidden', timeout: 15_000 });
    await page.unroute('**/notes');
    expect(asked).toBe(1);
    expect(notesIn(bench, REAL).filter((note) => note === text)).toEqual([text]);
  });

  test('the address that was asked for last is the one that is shown', async () => {
    for (let i = 0; i < 20; i++) {
      await page.goto(`${originOf(bench)}/#/sessions`);
      await page.goto(`${originOf(bench)}/#/sessions/${short.session}`);
      await page.getByRole('slider', { name: /lowest/ }).waitFor({ timeout: 5_000 });
      expect(page.url()).toContain(short.session);
    }
  });

  test('a note while another program holds the database is kept, shown, and stored once it lets go', async () => {
    const text = 'while it was held';
    const holder = new Database(bench.path(REAL));
    const reader = new Database(bench.path(REAL), { readonly: true });
    const inDatabase = reader
      .prepare<[string], number>('SELECT count(*) FROM annotation_log WHERE text = ?')
      .pluck();
    try {
      holder.exec('BEGIN IMMEDIATE');
      const path = `/api/sessions/${short.session}/notes`;
      const answer = await post(bench.ports.dashboard, path, { text });
      expect(JSON.parse(answer.text)).toMatchObject({ stored: false });
      expect(notesIn(bench, REAL)).toContain(text);
      holder.exec('ROLLBACK');
      await eventually('the database to have it', () => inDatabase.get(text) === 1, PATIENCE_MS);
    } finally {
      holder.close();
      reader.close();
    }
    await open(short);
    await view.section('Notes, alarms and events').getByText(text).waitFor();
  });

  test('metadata added and taken back', async () => {
    await open(short);
    const metadata = view.section('Metadata');
    await metadata.getByRole('textbox', { name: 'Key' }).fill('operator');
    await metadata.getByRole('textbox', { name: 'Value' }).fill(HOSTILE);
    await metadata.getByRole('button', { name: 'Add' }).click();
    await metadata.getByText(HOSTILE).waitFor();
    await page.reload();
    await metadata.getByText(HOSTILE).waitFor();
    await metadata.getByRole('button', { name: 'Take back operator' }).click();
    await metadata.getByText(HOSTILE).waitFor({ state: 'detached' });
  });

  test('what a device or a configuration says is text, whatever it looks like', async () => {
    await open(hostile);
    const text = await page.getByRole('main').innerText();
    for (const said of [HOSTILE, SCRIPT, '<i>p</i>', '<b>pH</b>', 'javascript:alert(3)']) {
      expect(text).toContain(said);
    }
    expect(await page.locator('img, main script, main b, main i').count()).toBe(0);
    expect(await page.locator('a[href^="javascript"]').count()).toBe(0);
    await page.goto(`${originOf(bench)}/#/sessions`);
    await rows().filter({ hasText: HOSTILE }).waitFor();
    await page.goto(`${originOf(bench)}/#/compare/${hostile.session},${long.session}`);
    await page.getByRole('slider', { name: /lowest/ }).waitFor();
    expect(await page.getByRole('main').innerText()).toContain(HOSTILE);
    // A name in the address that is none leads nowhere, and is text as well.
    await page.goto(`${originOf(bench)}/#/live/${encodeURIComponent(HOSTILE)}`);
    await page.getByText(HOSTILE).first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
  });

  test('an export through its button: every reading, as CSV and as a workbook', async () => {
    await open(long);
    const download = async (name: string): Promise<string> => {
      const [file] = await Promise.all([
        page.waitForEvent('download'),
        view.section('Export').getByRole('link', { name, exact: true }).click(),
      ]);
      const path = bench.path(file.suggestedFilename());
      await file.saveAs(path);
      return path;
    };
    const csv = await download('CSV');
    expect(csv).toMatch(/\.csv$/);
    const lines = parse(readFileSync(csv), { bom: true, columns: true }) as unknown as Record<
      string,
      string
    >[];
    expect(lines).toHaveLength(long.measurements);
    const measured = bench.database(REAL).measurements;
    const own = measured.filter(({ session_uid: uid }) => uid === long.session);
    expect(lines.map(({ captured_at: at, value }) => [at, Number(value)])).toEqual(
      own.map(({ captured_at: at, value }) => [at, value]),
    );

    const sheets = await readXlsx(await download('Excel'));
    const readings = sheets.find(({ sheet }) => sheet === 'Readings')?.data ?? [];
    expect(readings).toHaveLength(long.measurements + 1);
  });

  test('an export of what is shown has that, and no more', async () => {
    const [from, to] = [long.startedAt + 600_500, long.startedAt + 1_200_500];
    await open(long, `?from=${from}&to=${to}`);
    await view.section('Export').getByRole('radio', { name: 'What is shown' }).check();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      view.section('Export').getByRole('link', { name: 'CSV', exact: true }).click(),
    ]);
    await file.saveAs(bench.path('part.csv'));
    const lines = parse(readFileSync(bench.path('part.csv')), { bom: true, columns: true });
    expect(lines).toHaveLength(600);
  });

  test('two sessions on one curve, aligned at their start', async () => {
    await page.goto(`${originOf(bench)}/#/sessions`);
    await search('00042/26', 2);
    for (const box of await rows().getByRole('checkbox').all()) await box.check();
    await page.getByRole('link', { name: 'Compare', exact: true }).click();
    await page.getByRole('heading', { name: 'Compare sessions' }).waitFor();
    const words = await view.words();
    expect(words).toMatch(/from 0:00 to (?:49:59|50:00) after the start/);
    expect(words.match(/lowest/g)).toHaveLength(2);
    const table = page.getByRole('region', { name: 'Table of the sessions' });
    expect(await table.innerText()).toMatch(/3\s?000/);
    expect(await table.innerText()).toMatch(/1\s?500/);
  });

  test('a list longer than a page of it goes on where it ended, each session once', async () => {
    const more = 60;
    for (let i = 0; i < more; i++) {
      await storeSession(
        bench.path('data/demo/elmetron.sqlite'),
        stored({
          startedAt: STARTED_AT - i * HOUR_MS,
          measurements: 2,
          start: { serial: `EMU1${String(i).padStart(4, '0')}`, emulated: true },
        }),
      );
    }
    await page.goto(`${originOf(bench)}/#/system`);
    await page.goto(`${originOf(bench)}/#/sessions`);
    await page.getByRole('status').filter({ hasText: '50 sessions shown' }).waitFor();
    await page.getByRole('button', { name: 'Show more' }).click();
    await page
      .getByRole('status')
      .filter({ hasText: /^64 sessions$/ })
      .waitFor();
    const texts = await rows().allInnerTexts();
    expect(texts.filter((text) => text.includes('EMU1'))).toHaveLength(more);
    expect(new Set(texts).size).toBe(64);
  });
});
