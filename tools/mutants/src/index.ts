export { applyPatch } from './apply-patch.js';
export { checkPatches } from './check-patches.js';
export type { Mutant, Patch } from './mutant.js';
export { MutantsError, type MutantsErrorCode } from './mutants-error.js';
export { mutantNamed, mutants } from './mutants.js';
export { makePatchedCopy } from './patched-copy.js';
