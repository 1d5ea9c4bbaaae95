/** What recoveries did lately, of several databases. */
import type { z } from 'zod';
import type { benchSchema } from '../api/system.js';
import { askEach } from '../databases/ask-each.js';
import type { Database } from '../databases/database.js';

/** `recoveries`: the latest first. `problems`: of databases that cannot be read, which may know of more. */
export type Recoveries = Pick<z.output<typeof benchSchema>, 'recoveries' | 'problems'>;

const SHOWN = 10;

export async function recoveriesOf(databases: readonly Database[]): Promise<Recoveries> {
  const { answers, problems } = await askEach(databases, 'small', (reader) =>
    reader.lastEvents('recovery', SHOWN),
  );
  const recoveries = answers
    .flatMap(({ answer }) => answer)
    .map(({ at, level, message }) => ({ at, level, message }))
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, SHOWN);
  return { recoveries, problems: problems.map(({ error }) => error.message) };
}
