import { expect, it } from 'vitest';
import { withAdvice } from './advice.js';

const of = (code: string, about?: string) =>
  withAdvice(
    { code, level: 'degraded', message: 'm', ...(about === undefined ? {} : { about }) },
    'writer',
  ).advice;

it('names the consumer that is meant', () => {
  expect(of('consumer_away', 'writer')).toMatch(/^Start the writer;/);
  expect(of('consumer_away', 'backup')).toMatch(/^Start the consumer "backup";/);
  expect(of('consumer_stalled', 'backup')).toContain(`the consumer "backup"'s health`);
});

it('leaves all else as it is, and has something to say of the unknown', () => {
  expect(of('database_locked', 'data/elmetron.sqlite')).toMatch(/^Close that program/);
  expect(of('of_a_newer_version')).toContain('log');
});
