import { mutants } from '@elmetron/mutants';
import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.js';
import { scenarios } from './scenarios/index.js';

const names = (list: readonly { readonly name: string }[]): string[] =>
  list.map(({ name }) => name);

describe('the command line', () => {
  it('without anything means everything', () => {
    const options = parseOptions([]);
    expect(names(options.scenarios)).toEqual(names(scenarios));
    expect(names(options.mutants)).toEqual(names(mutants));
    expect(options).toMatchObject({ quick: false, json: false, byCommand: false, keep: undefined });
  });

  it('can name scenarios, and means no mutants then', () => {
    const options = parseOptions(['--scenario', 'spool', '--scenario', 'hole']);
    expect(names(options.scenarios)).toEqual(['spool', 'hole']);
    expect(options.mutants).toEqual([]);
  });

  it('can name mutants, and means nothing else then', () => {
    const options = parseOptions(['--mutant', 'no-directory-sync']);
    expect(options.scenarios).toEqual([]);
    expect(names(options.mutants)).toEqual(['no-directory-sync']);
  });

  it('in the short form takes a part of the mutants', () => {
    const short = names(parseOptions(['--quick']).mutants);
    expect(short.length).toBeGreaterThan(2);
    expect(short.length).toBeLessThan(mutants.length);
  });

  it('refuses names that it does not know, with those that it does', () => {
    expect(() => parseOptions(['--scenario', 'sunshine'])).toThrow(/There are: writer, archive/);
    expect(() => parseOptions(['--mutant', 'sunshine'])).toThrow(/There are: no-sync-before/);
  });
});

it('every mutant names scenarios that there are', () => {
  const known = new Set(names(scenarios));
  for (const mutant of mutants) {
    expect(mutant.scenarios.length, mutant.name).toBeGreaterThan(0);
    for (const name of mutant.scenarios) expect(known, mutant.name).toContain(name);
  }
});
