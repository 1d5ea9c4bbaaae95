import { describe, expect, test } from 'vitest';
import { advice, missingPackages } from './install.mjs';

const lock = {
  packages: {
    '': {},
    'libs/protocol': { version: '0.1.0' },
    'node_modules/@elmetron/protocol': { link: true },
    'node_modules/zod': { version: '4.0.0', integrity: 'sha512-a' },
    'node_modules/only-on-a-mac': { version: '1.0.0', integrity: 'sha512-b', optional: true },
  },
};
const installed = (changes: object) => ({ packages: { ...lock.packages, ...changes } });

describe('what is missing', () => {
  test('nothing, when all is there but what this platform does not have', () => {
    const here = Object.entries(lock.packages).filter(([path]) => !path.includes('mac'));
    expect(missingPackages(lock, { packages: Object.fromEntries(here) })).toEqual([]);
  });

  test('a package in another version or with other content', () => {
    const older = installed({ 'node_modules/zod': { version: '3.0.0', integrity: 'sha512-a' } });
    expect(missingPackages(lock, older)).toEqual(['node_modules/zod']);
    const other = installed({ 'node_modules/zod': { version: '4.0.0', integrity: 'sha512-c' } });
    expect(missingPackages(lock, other)).toEqual(['node_modules/zod']);
  });

  test('a package, or the link to one of ours', () => {
    expect(missingPackages(lock, { packages: {} })).toEqual([
      'node_modules/@elmetron/protocol',
      'node_modules/zod',
    ]);
  });
});

test('a missing compiler is told from a missing network', () => {
  expect(advice('gyp ERR! not found: make')).toContain('build-essential');
  expect(advice('npm error code ENOTFOUND')).toContain('registry');
});
