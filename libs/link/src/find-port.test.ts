import { expect, test } from 'vitest';
import { findPort, type ListedPort } from './find-port.js';

const listing = (...ports: ListedPort[]) => findPort(() => Promise.resolve(ports));

test('takes the first FTDI adapter, in the order in which people count', async () => {
  const path = await listing(
    { path: '/dev/ttyUSB10', vendorId: '0403' },
    { path: '/dev/ttyUSB0', vendorId: '1a86' },
    { path: '/dev/ttyS0' },
    { path: '/dev/ttyUSB2', vendorId: '0403' },
  );
  expect(path).toBe('/dev/ttyUSB2');
});

test('no adapter: a port that is missing, to be looked for again', async () => {
  await expect(listing({ path: '/dev/ttyS0' })).rejects.toMatchObject({ code: 'port_missing' });
  await expect(listing()).rejects.toMatchObject({ code: 'port_missing' });
});

test('a machine that cannot list its ports', async () => {
  const failing = findPort(() => Promise.reject(new Error('spawn udevadm ENOENT')));
  await expect(failing).rejects.toMatchObject({ code: 'port_missing' });
});
