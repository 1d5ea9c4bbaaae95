import { expect, test } from 'vitest';
import { silentLog, systemClock } from '@elmetron/protocol';
import { Health } from '@elmetron/runtime';
import { PatientQuarantine } from './patient-quarantine.js';

function setup() {
  const disk = { readOnly: false, positions: [] as number[] };
  const health = new Health({ log: silentLog, clock: systemClock });
  const quarantine = new PatientQuarantine({
    quarantine: {
      put: ({ position }) => {
        if (disk.readOnly) return Promise.reject(new Error('EROFS'));
        disk.positions.push(position);
        return Promise.resolve(true);
      },
    },
    dir: 'captures/quarantine',
    health,
    retryMs: 5,
  });
  const keep = (position: number): Promise<boolean> =>
    quarantine.keep({ origin: 'o', position, reason: 'r', bytes: Buffer.from('x') });
  return { disk, health, quarantine, keep };
}

test('what could not be put there is put there later, and the state ends with it', async () => {
  const { disk, health, quarantine, keep } = setup();
  expect(await keep(1)).toBe(true);
  expect(health.reasons).toEqual([]);
  disk.readOnly = true;
  expect(await keep(2)).toBe(false);
  expect(await keep(3)).toBe(false);
  expect(health.reasons).toMatchObject([{ code: 'quarantine_unwritable' }]);
  disk.readOnly = false;
  await expect.poll(() => health.reasons).toEqual([]);
  expect(disk.positions).toEqual([1, 2, 3]);
  quarantine.stop();
});

test('another one that can be put there does not end the state for those that wait', async () => {
  const { disk, health, quarantine, keep } = setup();
  disk.readOnly = true;
  await keep(1);
  quarantine.stop();
  disk.readOnly = false;
  expect(await keep(2)).toBe(true);
  expect(health.has('quarantine_unwritable')).toBe(true);
});
