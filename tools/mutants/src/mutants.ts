/** All mutants. A line of the durability code whose loss none of them shows is a line to add one for. */
import type { Mutant } from './mutant.js';
import { acknowledging } from './mutants-of-acknowledging.js';
import { keeping } from './mutants-of-keeping.js';
import { MutantsError } from './mutants-error.js';
import { recovering } from './mutants-of-recovering.js';
import { removing } from './mutants-of-removing.js';

export const mutants: readonly Mutant[] = [
  ...acknowledging,
  ...removing,
  ...keeping,
  ...recovering,
];

/** Throws MutantsError `unknown_mutant`. */
export function mutantNamed(name: string): Mutant {
  const found = mutants.find((mutant) => mutant.name === name);
  if (found !== undefined) return found;
  const known = mutants.map((mutant) => mutant.name).join(', ');
  throw new MutantsError('unknown_mutant', `There is no mutant "${name}". There are: ${known}.`);
}
