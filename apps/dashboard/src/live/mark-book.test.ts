import { expect, it } from 'vitest';
import { auditEvent, SESSION } from '../testing/made-records.js';
import { BEGAN } from '../testing/owned-clock.js';
import { MarkBook, marksOf, noteMark } from './mark-book.js';

const utc = (ms: number) => new Date(BEGAN + ms).toISOString();

const high = { alarm: 'high', unit: 'pH' };
const entered = auditEvent(BEGAN + 10_000, 'alarm', {
  what: 'entered',
  ...high,
  since: utc(5_000),
});
const left = auditEvent(
  BEGAN + 60_000,
  'alarm',
  { what: 'left', ...high, from: utc(9_990), to: utc(59_000) },
  { level: 'info' },
);

it('what lasts comes a second time when it is over, as the same mark with its end', () => {
  const book = new MarkBook();
  const begun = book.take(SESSION, entered);
  expect(begun).toEqual({
    kind: 'alarm',
    session: SESSION,
    at: BEGAN + 10_000,
    until: null,
    level: 'warning',
    text: 'alarm entered',
    author: null,
  });
  expect(book.take(SESSION, left)).toEqual({
    ...begun,
    until: BEGAN + 59_000,
    text: 'alarm left',
  });
});

it('one whose beginning was not seen has the time that its end says', () => {
  expect(new MarkBook().take(SESSION, left)).toMatchObject({
    at: BEGAN + 9_990,
    until: BEGAN + 59_000,
  });
});

it('two alarms at once are two marks', () => {
  const book = new MarkBook();
  book.take(SESSION, entered);
  const low = { alarm: 'unstable', unit: 'pH' };
  book.take(SESSION, auditEvent(BEGAN + 20_000, 'alarm', { what: 'entered', ...low }));
  const over = { what: 'left', ...low, from: utc(20_000), to: utc(30_000) };
  expect(book.take(SESSION, auditEvent(BEGAN + 30_000, 'alarm', over)).at).toBe(BEGAN + 20_000);
  expect(book.take(SESSION, left).at).toBe(BEGAN + 10_000);
});

it('nothing of a session that is over goes on in another one', () => {
  const book = new MarkBook();
  book.take(SESSION, entered);
  book.forget(SESSION);
  expect(book.take(SESSION, left).at).toBe(BEGAN + 9_990);
});

it.each([
  ['link', { what: 'lost' }, 'gap'],
  ['link', { what: 'moved' }, 'event'],
  ['meter', { what: 'silent', from: utc(-9_000) }, 'gap'],
  ['spool', { what: 'gap_begins', from: utc(0) }, 'gap'],
  ['hole', { from: 3, to: 4 }, 'gap'],
  ['recovery', { buffer: 'x' }, 'recovery'],
  ['clock', { what: 'jump' }, 'event'],
  ['of_a_newer_version', {}, 'event'],
])('an event of %s %j is a mark of its kind', (category, payload, kind) => {
  expect(new MarkBook().take(SESSION, auditEvent(BEGAN, category, payload)).kind).toBe(kind);
});

it('silence has lasted since the reading before it was told', () => {
  const silent = auditEvent(BEGAN + 10_000, 'meter', { what: 'silent', from: utc(0) });
  expect(new MarkBook().take(SESSION, silent).at).toBe(BEGAN);
});

it('a whole session: what lasted once, notes among it, in the order of their times', () => {
  const lost = auditEvent(BEGAN + 20_000, 'link', { what: 'lost' });
  const note = { at: utc(15_000), made_at: utc(99_000), author: 'Ada', text: '<b>new</b>' };
  const marks = marksOf(
    SESSION,
    [entered, lost, auditEvent(BEGAN + 20_000, 'clock', { what: 'jump' }), left],
    [
      { ...note, key: null, value: null },
      { ...note, key: 'batch', value: 7 },
    ],
  );
  expect(marks.map(({ kind, at, until }) => [kind, at - BEGAN, until && until - BEGAN])).toEqual([
    ['alarm', 10_000, 59_000],
    ['note', 15_000, null],
    ['gap', 20_000, null],
    ['event', 20_000, null],
  ]);
  expect(marks[1]).toMatchObject({ author: 'Ada', text: '<b>new</b>' });
});

it('a note is a mark at the moment that it is about', () => {
  const mark = noteMark(SESSION, { at: utc(5), text: 'x', author: null });
  expect(mark).toMatchObject({ kind: 'note', at: BEGAN + 5, until: null });
});
