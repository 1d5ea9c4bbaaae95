/** The committed page of states says what the list of states says now. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { STATES_PAGE, statesPage } from './states-page.mjs';

test('docs/states.md is what `npm run docs` makes of the list', async () => {
  expect(readFileSync(STATES_PAGE, 'utf8')).toBe(await statesPage());
});
