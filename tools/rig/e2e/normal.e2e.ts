import { expect } from 'vitest';
import { deliversAll, expectWhole, measurements, test } from './on-a-bench.js';

test('a run from start to graceful stop stores every frame once and leaves no buffer', async ({
  open,
}) => {
  const bench = await open();
  await bench.startMeter();
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  await measurements(bench, 40);
  expect(await deliversAll(bench, acquisition)).toEqual({ code: 0, signal: null });
  expect(await writer.stop()).toEqual({ code: 0, signal: null });

  const { missing, stored } = await expectWhole(bench);
  expect(missing).toBe(0);
  expect(await bench.buffers()).toEqual([]);
  const { sessions, measurements: rows } = bench.database();
  expect(sessions).toHaveLength(1);
  expect(sessions[0]).toMatchObject({
    end_reason: 'stopped',
    measurement_count: stored,
    recovered_count: 0,
  });
  expect(sessions[0]?.serial.startsWith('EMU')).toBe(true);
  expect(rows.every((row) => row.value !== null && row.recovered === 0)).toBe(true);
});

test('an emulated meter leaves nothing in the database of real ones', async ({ open }) => {
  const bench = await open();
  await bench.startMeter();
  bench.startWriter();
  bench.startAcquisition();
  await measurements(bench, 3);
  expect(bench.database('data/elmetron.sqlite').measurements).toEqual([]);
});
