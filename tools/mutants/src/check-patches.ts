import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { applyPatch } from './apply-patch.js';
import type { Mutant } from './mutant.js';

/**
 * That every patch fits, before hours are spent on what comes before the mutants. Nothing is written.
 * @param tree root of the built project
 * Throws MutantsError `patch_does_not_fit`.
 */
export function checkPatches(tree: string, mutants: readonly Mutant[]): void {
  for (const { patches } of mutants) {
    for (const patch of patches) applyPatch(readFileSync(join(tree, patch.file), 'utf8'), patch);
  }
}
