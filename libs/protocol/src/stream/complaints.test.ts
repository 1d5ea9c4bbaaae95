import { expect, it } from 'vitest';
import { Complaints } from './complaints.js';
import { OwnedClock } from './testing/owned-clock.js';
import { RecordingLog } from './testing/recording-log.js';

it('says a thing at once, then seldom, with the number left out', () => {
  const log = new RecordingLog();
  const clock = new OwnedClock();
  const complaints = new Complaints(log, clock, 1000);
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
