import { describe, expect, it } from 'vitest';
import { scratch } from './testing/scratch.js';
import { parseOptions, UsageError } from './options.js';

describe('options', () => {
  it('draw a seed unless one is given', () => {
    const [first, second] = [parseOptions([]), parseOptions([])];
    expect(first).toMatchObject({ limit: { unit: 'kills', count: 100 }, meters: 4, json: false });
    expect(first).not.toEqual(second);
    expect(parseOptions(['--seed', '7'])).toMatchObject({ seed: 7 });
  });

  it('take a number of kills or a time', () => {
    expect(parseOptions(['--kills', '1000'])).toMatchObject({
      limit: { unit: 'kills', count: 1000 },
    });
    expect(parseOptions(['--time', '60'])).toMatchObject({ limit: { unit: 'seconds', count: 60 } });
    expect(() => parseOptions(['--kills', '5', '--time', '60'])).toThrow(UsageError);
  });

  it('have a short form with a seed of its own, from which can be departed', () => {
    const quick = parseOptions(['--quick']);
    expect(quick).toEqual(parseOptions(['--quick']));
    expect(quick).toMatchObject({ limit: { unit: 'rounds', count: 1 } });
    expect(parseOptions(['--quick', '--meters', '2'])).toEqual({ ...(quick as object), meters: 2 });
  });

  it.each([
    ['--kills', '0'],
    ['--kills', 'many'],
    ['--meters', '9'],
    ['--seed', '-1'],
    ['--explode'],
    ['surplus'],
  ])('refuse %s %s', (...args) => {
    expect(() => parseOptions(args.filter(Boolean))).toThrow(UsageError);
  });

  it('refuse a tree that is not built', () => {
    expect(() => parseOptions(['--tree', scratch()])).toThrow(/no built project/);
  });
});
