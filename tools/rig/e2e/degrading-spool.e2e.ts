/** Degrading in order: the writer away or taken over, and the spool that keeps meanwhile. */
import { describe, expect } from 'vitest';
import { eventually, PATIENCE_MS } from '@elmetron/rig';
import { nothingLost, running, Watched } from './health-states.js';
import { measurements, test } from './on-a-bench.js';

describe('the writer', () => {
  test('away: the spool keeps, says that it fills before it is full, and what was not kept', async ({
    open,
  }) => {
    const bench = await open({
      profile: { poll_interval_s: 0.05 },
      config: { acquisition: { spool_max_bytes: 300_000 } },
    });
    const { writer, acquisition } = await running(bench);
    await measurements(bench, 10);
    await acquisition.ok();
    await writer.run.kill();
    await acquisition.entered('consumer_away');
    expect(await acquisition.codes()).toEqual(['consumer_away']);
    await acquisition.entered('spool_filling');
    await acquisition.entered('spool_full');
    expect((await acquisition.page())?.status).toBe('critical');
    expect((await bench.recover()).exit.code).toBe(0);
    const next = Watched.writer(bench);
    await acquisition.ok();
    await acquisition.loggedOnce('consumer_away', 'degraded');
    await acquisition.loggedOnce('spool_filling', 'degraded');
    await acquisition.loggedOnce('spool_full', 'critical');
    const told = acquisition.run.log().map(({ reason }) => reason);
    expect(told.indexOf('spool_filling'), 'before it is full').toBeLessThan(
      told.indexOf('spool_full'),
    );
    await acquisition.run.stop();
    await next.run.stop();
    const { events, integrity } = bench.database();
    expect(integrity).toBe('ok');
    const gaps = events.filter(({ category }) => category === 'spool');
    expect(gaps.map(({ message }) => message).join('\n')).toMatch(
      /not kept from now on[^]*\d+ readings could not be kept/,
    );
  });

  test('fenced: the one before says so and ends with 0', async ({ open }) => {
    const bench = await open();
    const { writer, acquisition } = await running(bench);
    await measurements(bench, 10);
    const next = Watched.writer(bench);
    await eventually('the old writer to end', () => writer.run.exit !== undefined, PATIENCE_MS);
    expect(writer.run.exit?.code).toBe(0);
    await writer.run.logged('has taken over');
    await nothingLost(bench, { writer: next, acquisition });
  });
});
