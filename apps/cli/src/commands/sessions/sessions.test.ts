import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MadeBench } from '../../testing/made-bench.js';
import { elmetron } from '../../testing/run-program.js';

let bench: MadeBench;
beforeEach(() => {
  bench = new MadeBench();
});
afterEach(() => {
  bench.remove();
});

const run = (...args: string[]) => elmetron([...args, '-c', bench.config]);
const PH = { value: '7.01', unit: 'pH' };
const MV = { value: '-12.5', unit: 'mV' };

describe('sessions', () => {
  it('of both databases, the latest first, emulated ones marked', async () => {
    const one = await bench.record({ readings: [PH, PH], ended: true });
    const two = await bench.record({
      readings: [MV],
      emulated: true,
      serial: 'EMU00001',
      startedAt: '2026-03-02T08:00:00.000Z',
    });
    const ran = await run('sessions', '--json');
    expect(ran.values).toMatchObject([
      { session_uid: two, emulated: true, end_reason: null, measurement_count: 1 },
      { session_uid: one, emulated: false, end_reason: 'stopped', measurement_count: 2 },
    ]);
    const { out } = await run('sessions');
    expect(out.split('\n')[1]).toMatch(/EMU00001 \(emulated\) +open$/);
  });

  it('filtered by date, meter and unit', async () => {
    const one = await bench.record({ readings: [PH], ended: true, serial: '00308/25' });
    const two = await bench.record({ readings: [MV], startedAt: '2026-03-05T08:00:00.000Z' });
    const found = async (...filter: string[]) =>
      (await run('sessions', '--json', ...filter)).values.map(
        (value) => (value as { session_uid: string }).session_uid,
      );
    expect(await found('--unit', 'pH')).toEqual([one]);
    expect(await found('--meter', '00308')).toEqual([one]);
    expect(await found('--since', '2026-03-04')).toEqual([two]);
    expect(await found('--until', '2026-03-04')).toEqual([one]);
    expect(await found('--limit', '1')).toEqual([two]);
    expect((await run('sessions', '--unit', 'furlong')).code).toBe(3);
  });
});

describe('sessions show', () => {
  it('by the beginning of a name, and the latest', async () => {
    const one = await bench.record({
      session: '0199aaaa-0000-7000-8000-000000000001',
      readings: [PH, { value: '7.03', unit: 'pH' }, { value: '-----', unit: 'pH' }],
      metadata: { operator: 'Ada' },
      ended: true,
    });
    const shown = await run('sessions', 'show', '0199', '--json');
    expect(shown.values).toMatchObject([
      {
        session_uid: one,
        metadata: { operator: 'Ada' },
        units: [{ unit: 'pH', measurements: 3, without_value: 1, least: 7.01, greatest: 7.03 }],
        last_reading: { seq: 3, value: null },
      },
    ]);
    expect((await run('sessions', 'show', 'latest')).out).toContain(one);
  });

  it('a beginning that several have is refused, with the names', async () => {
    const names = ['1', '2'].map((n) => `0199aaaa-0000-7000-8000-00000000000${n}`);
    for (const session of names) await bench.record({ session, readings: [] });
    const ran = await run('sessions', 'show', '0199');
    expect(ran.code).toBe(2);
    for (const name of names) expect(ran.err).toContain(name);
  });
});
