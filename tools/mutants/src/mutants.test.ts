import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { applyPatch } from './apply-patch.js';
import { mutantNamed, mutants } from './mutants.js';

const TREE = fileURLToPath(new URL('../../../', import.meta.url));

describe('every mutant', () => {
  it('has a name of its own', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    for (const mutant of mutants) expect(mutantNamed(mutant.name)).toBe(mutant);
  });

  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))(
    '%s fits the built files, and changes them',
    (_, { patches }) => {
      expect(patches.length).toBeGreaterThan(0);
      for (const patch of patches) {
        const built = readFileSync(`${TREE}${patch.file}`, 'utf8');
        expect(applyPatch(built, patch)).not.toBe(built);
      }
    },
  );

  it('that does not exist is refused with the names of those that do', () => {
    expect(() => mutantNamed('sunshine')).toThrow(/There are: no-sync-before-acknowledgement/);
  });
});
