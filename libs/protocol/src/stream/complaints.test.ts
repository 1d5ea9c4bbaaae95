import { expect, it } from 'vitest';
import { Complaints } from './complaints.js';
import { OwnedClock } from './testing/owned-clock.js';
import { RecordingLog } from './testing/recording-log.js';

it('says a thing at once, then seldom, with the number left out', () => {
  const log = new RecordingLog();
  const clock = new OwnedClock();
  const complaints = new Complaints(log, clock, { everyMs: 1000 });
  for (let i = 0; i < 50; i += 1) complaints.warn('malformed', { i }, 'nonsense');
  complaints.warn('gap', {}, 'missing');
  expect(log.lines.map(({ message }) => message)).toEqual(['nonsense', 'missing']);
  clock.advance(1000);
  complaints.warn('malformed', {}, 'nonsense');
  expect(log.lines[2]?.fields).toMatchObject({ also_before: 49 });
  clock.advance(1000);
  complaints.warn('malformed', {}, 'nonsense');
  expect(log.lines[3]?.fields).toMatchObject({ also_before: 0 });
});

it('says a few of a kind when that is allowed, at their own level', () => {
  const log = new RecordingLog();
  const clock = new OwnedClock();
  const complaints = new Complaints(log, clock, { everyMs: 1000, most: 3 });
  for (let i = 0; i < 50; i += 1) complaints.info('swap', { i }, 'taken over');
  expect(log.lines.map(({ level, fields }) => [level, fields])).toEqual(
    [0, 1, 2].map((i) => ['info', { kind: 'swap', i, also_before: 0 }]),
  );
  clock.advance(1000);
  complaints.error('swap', {}, 'taken over');
  expect(log.lines[3]).toMatchObject({ level: 'error', fields: { also_before: 47 } });
});
