/** The committed page of the API says what the API says of itself now. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { API_PAGE, apiPage } from './api-page.mjs';

test('docs/api.md is what `npm run docs` makes of the description', async () => {
  const page = await apiPage();
  expect(readFileSync(API_PAGE, 'utf8')).toBe(page);
  for (const what of ['GET /api/live', 'POST /api/sessions/{session}/notes', '### Meter'])
    expect(page).toContain(what);
}, 30_000);
