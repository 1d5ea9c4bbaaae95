import { expect, it, vi } from 'vitest';
import { DashboardError } from '../../dashboard-error.js';
import { madeSession } from '../../testing/fake-reader.js';
import { madeApp, type Circumstances, type MadeApp } from '../../testing/made-app.js';
import { BEGAN } from '../../testing/owned-clock.js';

const bench = (of: Circumstances = {}) =>
  madeApp({
    reader: { session: async (uid) => (uid === 's' ? madeSession(uid) : undefined) },
    ...of,
  });

const post = ({ app }: MadeApp, what: string, payload: object, session = 's') =>
  app.inject({
    method: 'POST',
    url: `/api/sessions/${session}/${what}`,
    payload,
    headers: { host: '127.0.0.1:8050' },
  });

it('a note is written where the session lies, and every page that is open has it', async () => {
  const made = await bench();
  const mark = vi.spyOn(made.broadcast, 'mark');
  const note = { text: '  new <b>buffer</b>  ', author: ' Ada ', at: BEGAN };
  const answer = await post(made, 'notes', note);
  expect([answer.statusCode, answer.json()]).toEqual([200, { stored: true, reason: null }]);
  expect(made.noted).toEqual([
    {
      path: 'data/elmetron.sqlite',
      said: { session: 's', author: 'Ada', note: 'new <b>buffer</b>', at: BEGAN },
    },
  ]);
  expect(mark.mock.calls).toEqual([
    [
      {
        kind: 'note',
        session: 's',
        at: BEGAN,
        until: null,
        level: 'info',
        text: 'new <b>buffer</b>',
        author: 'Ada',
      },
    ],
  ]);
});

it('nobody need say who he is', async () => {
  const made = await bench();
  await post(made, 'notes', { text: 'x', author: '  ' });
  await post(made, 'notes', { text: 'x' });
  expect(made.noted).toMatchObject([{ said: { author: null } }, { said: { author: null } }]);
});

it('a moment has to be one that can be written', async () => {
  const made = await bench();
  for (const at of [-1, 0.5, 253_402_300_800_000, 8_640_000_000_000_000, 1e300]) {
    const answer = await post(made, 'notes', { text: 'x', at });
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { code: 'bad_request' }]);
  }
  expect((await post(made, 'notes', { text: 'x', at: 253_402_300_799_999 })).statusCode).toBe(200);
});

it('a fact is said by its key, and taken back', async () => {
  const made = await bench();
  for (const value of ['7', 7, null])
    expect((await post(made, 'metadata', { key: 'batch', value })).statusCode).toBe(200);
  expect(made.noted.map(({ said }) => said)).toEqual(
    ['7', 7, null].map((value) => ({ session: 's', author: null, key: 'batch', value })),
  );
  const unusable = [
    { key: '__proto__', value: 1 },
    { key: ' __proto__ ', value: 1 },
  ];
  for (const wrong of [
    {},
    { key: '', value: 1 },
    { key: 'x' },
    { key: 'x', value: [] },
    ...unusable,
  ])
    expect((await post(made, 'metadata', wrong)).statusCode).toBe(400);
});

it('of a session that is not there nothing is written', async () => {
  const made = await bench();
  const answer = await post(made, 'notes', { text: 'x' }, 'other');
  expect([answer.statusCode, answer.json()]).toMatchObject([404, { code: 'session_not_found' }]);
  expect(made.noted).toEqual([]);
});

it('what could not be made durable is not shown to anybody', async () => {
  const write = () => Promise.reject(new DashboardError('note_not_kept', 'the disk is full'));
  const made = await bench({ parts: { notebook: { write } } });
  const mark = vi.spyOn(made.broadcast, 'mark');
  const answer = await post(made, 'notes', { text: 'x' });
  expect([answer.statusCode, answer.json()]).toEqual([
    503,
    { code: 'note_not_kept', message: 'the disk is full' },
  ]);
  expect(mark).not.toHaveBeenCalled();
});
