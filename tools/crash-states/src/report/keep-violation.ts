/** Puts the disk of a violation where a person can look at it, with what had to be found on it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { materialise } from '../check/materialise.js';
import type { Violation } from '../examine.js';

/** The directory that was made. */
export function keepViolation({ scenario, cut, sentences }: Violation, directory: string): string {
  const name = `${scenario}-${cut.id}`.replaceAll(/[^\w-]+/g, '_');
  const place = join(directory, name);
  materialise(cut.state, join(place, 'disk'));
  const { owed } = cut.state;
  const said = { scenario, state: cut.id, when: cut.what, sentences, owed };
  writeFileSync(join(place, 'violation.json'), `${JSON.stringify(said, null, 2)}\n`);
  return place;
}
