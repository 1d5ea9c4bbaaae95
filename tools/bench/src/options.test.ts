import { expect, test, vi } from 'vitest';
import { parseOptions } from './options.js';

const parse = (...args: string[]) => parseOptions(args, ['end-to-end', 'limits']);

test('what is not said', () => {
  expect(parse()).toMatchObject({ only: [], runs: 5, quick: false, check: false });
  expect(parse('--quick')).toMatchObject({ runs: 1, quick: true });
  expect(parse('--check')).toMatchObject({ runs: 3, quick: true, check: true });
});

test('what is said holds', () => {
  expect(parse('--quick', '--runs', '7').runs).toBe(7);
  expect(parse('--only', 'limits', '--only', 'end-to-end').only).toEqual(['limits', 'end-to-end']);
  expect(parse('--json').json).toBe(true);
  expect(parse('--json', 'x.json').json).toBe('x.json');
});

test.each([
  [['--only', 'nothing']],
  [['--runs', '0']],
  [['--runs', '1.5']],
  [['--records', '99']],
  [['--store']],
  [['--check', '--only', 'limits']],
  [['--check', '--from', 'x.json']],
  [['--unknown']],
])('%j is refused with exit code 2', (args) => {
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${String(code)}`);
  });
  const silence = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(() => parse(...args)).toThrow('exit 2');
  } finally {
    exit.mockRestore();
    silence.mockRestore();
  }
});
