import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from './project.mjs';
import { failuresOf } from './test-reports.mjs';

const name = join(ROOT, 'libs/made/src/made.test.ts');

test('a failed test is named with its file and what it said, without the places in the code', () => {
  const failureMessages = ['Error: 2 is not 1\n    at made.test.ts:7:3\n  expected 1'];
  expect(
    failuresOf({
      name,
      status: 'failed',
      assertionResults: [
        { status: 'passed', fullName: 'holds' },
        { status: 'failed', fullName: 'counts to one', failureMessages },
      ],
    }),
  ).toEqual(['libs/made/src/made.test.ts: counts to one\n    Error: 2 is not 1\n      expected 1']);
});

test('a file that could not be loaded is named with the reason', () => {
  expect(
    failuresOf({ name, status: 'failed', message: 'no such module', assertionResults: [] }),
  ).toEqual(['libs/made/src/made.test.ts\n    no such module']);
});
