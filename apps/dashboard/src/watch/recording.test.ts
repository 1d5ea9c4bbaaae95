/** The table of what is known and what the page says of it. */
import type { HealthPage } from '@elmetron/report';
import { describe, expect, it } from 'vitest';
import { acquisitionPage, type MadeReason } from '../testing/made-health.js';
import { acquisitionFigures } from './figures.js';
import { recordingOf, type Evidence } from './recording.js';

const KNOWN: Omit<Evidence, 'acquisition'> = {
  source: 'bench-1',
  consumer: 'writer',
  silentMs: 400,
  intervalMs: 1000,
  heardSince: true,
};

function says(page: HealthPage, ageMs = 500): Evidence['acquisition'] {
  return { state: 'answers', figures: acquisitionFigures(page), reasons: page.reasons, ageMs };
}

type Row = readonly [
  what: string,
  figures: Readonly<Record<string, unknown>>,
  reasons: readonly MadeReason[],
  known: Partial<Evidence>,
  state: string,
  message: RegExp,
];

const away = { consumers: [{ consumer: 'writer', connected: false }] };

const ANSWERED: readonly Row[] = [
  ['all is well', {}, [], {}, 'recording', /stored/],
  ['a reading is on its way', { unacknowledged: { writer: 2 } }, [], {}, 'recording', /stored/],
  [
    'many are on their way, of a fast meter',
    { unacknowledged: { writer: 200 }, readings_per_second: 80 },
    [],
    {},
    'recording',
    /stored/,
  ],
  ['the writer is away', { ...away, unacknowledged: { writer: 12 } }, [], {}, 'kept', /away.*12 /],
  ['the writer has just gone', away, [], {}, 'kept', /away.*0 records/],
  ['one record waits', { ...away, unacknowledged: { writer: 1 } }, [], {}, 'kept', /1 record is/],
  [
    'the writer takes nothing',
    { unacknowledged: { writer: 3 } },
    [{ code: 'consumer_stalled', about: 'writer' }],
    {},
    'kept',
    /takes nothing/,
  ],
  [
    'another consumer takes nothing',
    { unacknowledged: { writer: 0, backup: 900 } },
    [{ code: 'consumer_stalled', about: 'backup' }],
    {},
    'recording',
    /stored/,
  ],
  [
    'another consumer is away',
    {
      unacknowledged: { writer: 0, backup: 900 },
      consumers: [
        { consumer: 'writer', connected: true },
        { consumer: 'backup', connected: false },
      ],
    },
    [],
    {},
    'recording',
    /stored/,
  ],
  [
    'consumers that the configuration does not know: all have to be there',
    {
      unacknowledged: { one: 0, two: 7 },
      consumers: [
        { consumer: 'one', connected: true },
        { consumer: 'two', connected: false },
      ],
    },
    [],
    {},
    'kept',
    /7 records/,
  ],
  [
    'the writer is back and does not keep up yet',
    { unacknowledged: { writer: 500 } },
    [],
    {},
    'kept',
    /500 records/,
  ],
  [
    'no link',
    { link: 'down' },
    [{ code: 'link_down' }],
    { silentMs: 100 },
    'not_recording',
    /link_down/,
  ],
  ['no link, not said why', { link: 'down' }, [], {}, 'not_recording', /not connected/],
  [
    'silent, by acquisition',
    {},
    [{ code: 'meter_silent' }],
    { silentMs: 12_000 },
    'not_recording',
    /meter_silent/,
  ],
  ['silent, before acquisition says so', {}, [], { silentMs: 4_001 }, 'not_recording', /any more/],
  ['three readings are missing', {}, [], { silentMs: 3_999 }, 'recording', /stored/],
  ['a slow meter', {}, [], { silentMs: 100_000, intervalMs: 60_000 }, 'recording', /stored/],
  ['a fast meter', {}, [], { silentMs: 2_400, intervalMs: 100 }, 'recording', /stored/],
  ['a fast meter, silent', {}, [], { silentMs: 2_600, intervalMs: 100 }, 'not_recording', /more/],
  ['never a reading', {}, [], { silentMs: undefined }, 'not_recording', /not answered yet/],
  ['the spool is full', {}, [{ code: 'spool_full' }], {}, 'not_recording', /lost.*spool_full/],
  [
    'the spool is full and the writer away',
    away,
    [{ code: 'spool_full' }],
    {},
    'not_recording',
    /lost/,
  ],
  [
    'the spool cannot be written',
    {},
    [{ code: 'spool_unwritable' }],
    {},
    'not_recording',
    /lost.*spool_unwritable/,
  ],
  ['the spool cannot be synced', {}, [{ code: 'spool_sync_failed' }], {}, 'recording', /stored/],
  ['an alarm', {}, [{ code: 'alarm_high' }], {}, 'recording', /stored/],
  ['nobody is said to store them', { unacknowledged: {} }, [], {}, 'unknown', /who has to store/],
  ['an acquisition of another kind', { unacknowledged: null }, [], {}, 'unknown', /who has to/],
  ['another acquisition answers', { source: 'bench-2' }, [], {}, 'unknown', /bench-2/],
];

describe('by the word of acquisition', () => {
  it.each(ANSWERED)('%s', (_, figures, reasons, known, state, message) => {
    const acquisition = says(acquisitionPage(figures, reasons));
    expect(recordingOf({ ...KNOWN, ...known, acquisition })).toEqual({
      state,
      message: expect.stringMatching(message),
    });
  });
});

describe('by what it said a while ago', () => {
  it('as long as readings come', () => {
    const acquisition = says(acquisitionPage(), 3_000);
    expect(recordingOf({ ...KNOWN, acquisition }).state).toBe('recording');
  });

  it('and when they do not, it is not the meter that is blamed', () => {
    const acquisition = says(acquisitionPage(), 1_600);
    expect(recordingOf({ ...KNOWN, silentMs: 4_100, acquisition })).toEqual({
      state: 'not_recording',
      message: expect.stringContaining('acquisition does not answer'),
    });
  });
});

const GONE: Evidence['acquisition'] = { state: 'silent', why: 'does not run' };
const LATE: Evidence['acquisition'] = { state: 'silent', why: 'did not answer within 2 s' };
const FOREIGN: Evidence['acquisition'] = { state: 'foreign', why: 'another program' };

describe('without it', () => {
  it.each<readonly [string, Evidence['acquisition'], Partial<Evidence>, string, RegExp]>([
    ['not asked yet', { state: 'unasked' }, {}, 'unknown', /being asked/],
    ['switched off, readings come', { state: 'off' }, {}, 'unknown', /not known.*switched off/],
    ['switched off, none come', { state: 'off' }, { silentMs: 9_000 }, 'unknown', /no readings/],
    ['gone', GONE, { silentMs: 60_000, heardSince: false }, 'not_recording', /does not run/],
    ['gone a moment ago', GONE, { silentMs: 300, heardSince: false }, 'not_recording', /not run/],
    ['no page, readings come', GONE, { heardSince: true }, 'unknown', /does not answer/],
    ['held up, readings come', LATE, { heardSince: false }, 'unknown', /does not answer/],
    ['held up, none come', LATE, { silentMs: 9_000 }, 'not_recording', /^Acquisition did not/],
    ['another program, readings come', FOREIGN, {}, 'unknown', /does not answer/],
    ['another program, none come', FOREIGN, { silentMs: 9_000 }, 'not_recording', /in its place/],
  ])('%s', (_, acquisition, known, state, message) => {
    expect(recordingOf({ ...KNOWN, ...known, acquisition })).toEqual({
      state,
      message: expect.stringMatching(message),
    });
  });
});
