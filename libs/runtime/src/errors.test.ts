import { describe, expect, it } from 'vitest';
import { isExpectedError, RuntimeError } from './errors.js';

function withCode(code: unknown): Error {
  return Object.assign(new Error('x'), { code });
}

describe('an expected error', () => {
  it('is one that a library of ours threw on purpose', () => {
    expect(isExpectedError(new RuntimeError('config_missing', 'x'))).toBe(true);
    expect(isExpectedError(withCode('store_locked'))).toBe(true);
  });

  it.each([
    new Error('x'),
    withCode('EACCES'),
    withCode('ERR_INVALID_ARG_TYPE'),
    withCode('SQLITE_BUSY'),
    withCode(5),
    { code: 'store_locked' },
    undefined,
  ])('is not %s', (error) => {
    expect(isExpectedError(error)).toBe(false);
  });
});
