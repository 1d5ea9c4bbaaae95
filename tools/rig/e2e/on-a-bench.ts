/** What the end-to-end tests share: a bench that is always cleared away, and what must hold at the end. */
import { expect, test as base } from 'vitest';
import {
  Bench,
  compare,
  eventually,
  PATIENCE_MS,
  owedTo,
  readHealth,
  type BenchOptions,
  type Comparison,
  type Exit,
  type Run,
} from '@elmetron/rig';

/** `open(options)` gives the test a bench; it is closed after the test, whatever happens. */
export const test = base.extend<{ open: (options?: BenchOptions) => Promise<Bench> }>({
  open: async ({}, use) => {
    const benches: Bench[] = [];
    await use(async (options) => {
      const bench = await Bench.open(options);
      benches.push(bench);
      return bench;
    });
    await Promise.all(benches.map((bench) => bench.close()));
  },
});

/** Waits until the database holds at least `count` measurements. */
export async function measurements(
  bench: Bench,
  count: number,
  withinMs = PATIENCE_MS,
): Promise<void> {
  const stored = (): number => {
    try {
      return bench.database().measurements.length;
    } catch {
      return -1; // not there yet
    }
  };
  await eventually(
    `${String(count)} measurements in the database`,
    () => stored() >= count,
    withinMs,
    () => `there are ${String(stored())}`,
  );
}

/** Waits until the database holds `count` measurements more than now. */
export async function moreMeasurements(bench: Bench, count: number): Promise<void> {
  await measurements(bench, 0);
  await measurements(bench, bench.database().measurements.length + count);
}

/**
 * Stops an acquisition in order, and waits until its writer has all of it. The orderly end gives a writer a
 * moment only: what a busy machine has not taken by then rests in the spool for the next life, which is
 * made here, without a meter.
 */
export async function deliversAll(bench: Bench, acquisition: Run): Promise<Exit> {
  const exit = await acquisition.stop();
  if ((await bench.spooled()).length === 0) return exit;
  const next = bench.startAcquisition(await bench.withoutMeter());
  await eventually(
    'what was left in the spool to be delivered',
    async () => owedTo(await readHealth(bench.ports.acquisition)) === 0,
    PATIENCE_MS,
    () => next.tail(),
  );
  await next.stop();
  return exit;
}

/**
 * The invariants of every moment: the database is whole, every session has all numbers from 0 to its
 * last, and nothing is there that the meter did not send.
 */
export async function expectSound(bench: Bench): Promise<Comparison> {
  const { measurements: rows, sessions, events, integrity } = bench.database();
  expect(integrity).toBe('ok');
  for (const session of sessions) {
    const own = rows.filter((row) => row.session_uid === session.session_uid);
    const numbers = [
      ...own.map((row) => row.seq),
      ...events
        .filter((e) => e.session_uid === session.session_uid && e.seq !== null)
        .map((e) => e.seq),
    ];
    // session_start and session_end have no row of their own in these two tables.
    const expected = session.last_seq + 1 - 1 - (endsByRecord(session.end_reason) ? 1 : 0);
    expect(new Set(numbers).size, 'numbers of the session without holes').toBe(expected);
    expect(numbers.length, 'no number twice').toBe(expected);
    expect(session.measurement_count).toBe(own.length);
  }
  const result = compare(await bench.account(), rows);
  expect(result.surplus, 'doubled or invented').toBe(0);
  return result;
}

/** Those, and at the end of a run: at most `lostOnTheWire` whole frames of the meter are missing. */
export async function expectWhole(bench: Bench, lostOnTheWire = 0): Promise<Comparison> {
  const result = await expectSound(bench);
  expect(result.missing, 'sent by the meter and not stored').toBeLessThanOrEqual(lostOnTheWire);
  return result;
}

function endsByRecord(reason: string | null): boolean {
  return reason !== null && reason !== 'crashed';
}
