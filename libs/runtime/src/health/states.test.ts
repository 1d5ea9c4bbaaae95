import { expect, it } from 'vitest';
import { adviceFor, STATES } from './states.js';

it('advice is a sentence, for every state', () => {
  for (const code of Object.keys(STATES)) {
    expect(adviceFor(code), code).toMatch(/^[A-Z`].*[^.]\.$/s);
  }
  expect(adviceFor('source_away')).toBe('Start the acquisition.');
});

it('there is none for a code from elsewhere', () => {
  expect(adviceFor('no_answer')).toBeUndefined();
  expect(adviceFor('toString')).toBeUndefined();
});
