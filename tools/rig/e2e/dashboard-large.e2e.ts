/**
 * A session of two million readings (23 days, one a second): the whole curve is there in a bounded time, and one
 * reading that differs from all others is not lost on the way to the screen.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ask,
  askJson,
  Bench,
  inkIn,
  PATIENCE_MS,
  residentMiB,
  storeLongSession,
  TestBrowser,
  type Run,
} from '@elmetron/rig';
import { describeInBrowser } from './in-a-browser.js';
import { curveOf, dashboardRuns, originOf, sessionsOf, type Curve } from './on-a-dashboard.js';
import { SessionPage } from './session-page.js';

const MEASUREMENTS = 2_000_000;
const STEP_MS = 1_000;
/** Of one reading in the middle of nowhere; all others lie between 4 and 10. */
const SPIKE = { seq: 1_234_567, value: 13.9 };
const STARTED_AT = Date.UTC(2026, 2, 1);
const SPIKE_AT = STARTED_AT + SPIKE.seq * STEP_MS;
/** Finds what hangs or reads all of it into memory, not what a busy machine makes slow. */
const CURVE_WITHIN_MS = 15_000;
const ZOOM_WITHIN_MS = 2_000;
const MOST_MIB = 200;

/** The upper part of the plot, in which nothing but the spike can be. */
const TOP = { colour: '--line-1', from: 0.05, to: 0.25 };

let session: string;
let bench: Bench;
let dashboard: Run;

beforeAll(async () => {
  bench = await Bench.open();
  const began = performance.now();
  session = await storeLongSession(bench.path('data/elmetron.sqlite'), {
    source: 'bench-1',
    startedAt: STARTED_AT,
    intervalMs: STEP_MS,
    measurements: MEASUREMENTS,
    spike: SPIKE,
  });
  console.log(`${MEASUREMENTS} readings stored in ${seconds(began)}`);
  dashboard = await dashboardRuns(bench);
}, 4 * PATIENCE_MS);
afterAll(async () => {
  await bench.close();
});

const seconds = (began: number): string => `${((performance.now() - began) / 1000).toFixed(2)} s`;

async function timed<T>(what: string, withinMs: number, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  console.log(`${what}: ${seconds(began)}`);
  expect(performance.now() - began, what).toBeLessThan(withinMs);
  return result;
}

function highest({ values }: Curve): { readonly at: number; readonly value: number } {
  const [series] = values;
  const column = series?.high ?? series?.low ?? [];
  const value = Math.max(...column.filter((one) => one !== null));
  return { value, at: series?.at[column.indexOf(value)] ?? NaN };
}

test('the list and the statistics know all of it', async () => {
  const [row] = await timed('list', 2_000, () => sessionsOf(bench));
  expect(row).toMatchObject({ session_uid: session, measurement_count: MEASUREMENTS });
  const { units } = (await timed('statistics', 3 * CURVE_WITHIN_MS, () =>
    askJson(bench.ports.dashboard, `/api/sessions/${session}/statistics`),
  )) as { units: { unit: string; measurements: number; greatest: number }[] };
  expect(units).toMatchObject([
    { unit: 'pH', measurements: MEASUREMENTS, greatest: SPIKE.value, without_value: 0 },
  ]);
});

test('the whole curve: few points, every reading counted, the one spike in its place', async () => {
  const before = residentMiB(dashboard.pid);
  const curve = await timed('whole curve', CURVE_WITHIN_MS, () =>
    curveOf(bench, session, '?points=1500'),
  );
  expect(curve.readings).toBe(MEASUREMENTS);
  expect(curve.bucket_ms).toBeGreaterThan(STEP_MS);
  const [series] = curve.values;
  expect(series?.at.length).toBeGreaterThan(500);
  expect(series?.at.length).toBeLessThan(4_000);
  expect(highest(curve).value).toBe(SPIKE.value);
  expect(Math.abs(highest(curve).at - SPIKE_AT)).toBeLessThanOrEqual(curve.bucket_ms);
  expect(residentMiB(dashboard.pid) - before).toBeLessThan(MOST_MIB);
});

test('ten people ask for it at once, and another for something small', async () => {
  const before = residentMiB(dashboard.pid);
  const all = Promise.all(Array.from({ length: 10 }, () => curveOf(bench, session)));
  await timed('a small answer meanwhile', 3_000, () =>
    ask(bench.ports.dashboard, { path: '/api/sessions' }, 3_000),
  );
  const curves = await timed('ten whole curves', 6 * CURVE_WITHIN_MS, () => all);
  for (const curve of curves) expect(highest(curve).value).toBe(SPIKE.value);
  expect(residentMiB(dashboard.pid) - before).toBeLessThan(MOST_MIB);
});

test('a stretch with few readings comes in full', async () => {
  const [from, to] = [SPIKE_AT - 200 * STEP_MS, SPIKE_AT + 200 * STEP_MS];
  const curve = await timed('zoom', ZOOM_WITHIN_MS, () =>
    curveOf(bench, session, `?from=${from}&to=${to}`),
  );
  expect(curve.bucket_ms).toBe(0);
  const [series] = curve.values;
  expect(series?.high).toBeNull();
  const at = series?.at ?? [];
  expect(at).toEqual(at.map((_, i) => (at[0] ?? 0) + i * STEP_MS));
  expect(at.length).toBeGreaterThanOrEqual(400);
  expect(series?.low[at.indexOf(SPIKE_AT)]).toBe(SPIKE.value);
  expect(series?.low.filter((value) => (value ?? 0) > 10.1)).toHaveLength(1);
});

describeInBrowser('two million readings on the screen', () => {
  let browser: TestBrowser;
  beforeAll(async () => {
    browser = await TestBrowser.open();
  });
  afterAll(async () => {
    await browser.close();
  });

  test('the whole curve with its spike, and closely down to every reading', async () => {
    const began = performance.now();
    const { page } = await browser.open(originOf(bench), { path: `/#/sessions/${session}` });
    const view = new SessionPage(page);
    const words = await view.words(CURVE_WITHIN_MS);
    console.log(`whole curve on the screen: ${seconds(began)}`);
    expect(words).toMatch(/highest 13\.90*,/);
    expect(words).toContain('no gaps');
    await page.getByText(/2\s000\s000 readings, one point =/).waitFor();

    // Alone at the top of what is drawn, and where it belongs.
    const at = (SPIKE.seq - 1) / (MEASUREMENTS - 1);
    const ink = await view.curve.evaluate(inkIn, TOP);
    expect(ink.points).toBeGreaterThan(0);
    expect(Math.abs(ink.across - at)).toBeLessThan(0.02);

    // Closely, around it: by dragging, each time what is there stands in the address.
    for (let drags = 0; drags < 6; drags++) {
      if (await page.getByText(/readings, every reading/).isVisible()) break;
      const { from, to } = view.shown() ?? {
        from: STARTED_AT + STEP_MS,
        to: STARTED_AT + MEASUREMENTS * STEP_MS,
      };
      const place = (SPIKE_AT - from) / (to - from);
      const zoomed = performance.now();
      await view.dragCurve(Math.max(0.01, place - 0.03), Math.min(0.99, place + 0.03));
      await expect.poll(() => view.shown()?.from ?? from).toBeGreaterThan(from);
      await page.locator('[aria-busy="true"]').waitFor({ state: 'detached' });
      console.log(`closer: ${seconds(zoomed)}`);
    }
    await page.getByText(/readings, every reading/).waitFor();
    expect(await view.curve.getAttribute('aria-label')).toMatch(/highest 13\.90*,/);
    await page.getByText('Show as table').click();
    const spikes = page.getByRole('cell', { name: /^13\.90* pH$/ });
    expect(await spikes.count()).toBeLessThanOrEqual(1);
    expect(browser.faults).toEqual([]);
  });
});
