import { decodeLine, encodeRecord } from '@elmetron/protocol';
import { describe, expect, it } from 'vitest';
import { makeSession, type Made } from '../testing/made-session.js';
import { MadeDatabase } from '../testing/made-database.js';
import { prove, type Evidence } from './prove.js';
import { readStored } from './stored.js';

interface Changes {
  readonly acknowledged?: number;
  readonly open?: readonly string[];
  readonly kills?: readonly { readonly deadAt: number }[];
  readonly contradictions?: readonly string[];
}

function evidence(path: string, made: readonly Made[], changes: Changes = {}): Evidence {
  const { acknowledged = Infinity, open = [], kills = [], contradictions = [] } = changes;
  const upTo = ({ lines }: Made): number => Math.min(acknowledged, lines.size - 1);
  return {
    meters: [
      {
        name: 'bench-1',
        account: made.flatMap(({ account }) => account),
        passed: {
          lines: new Map(made.map(({ session, lines }) => [session, lines])),
          acknowledged: new Map(made.map((one) => [one.session, upTo(one)])),
          contradictions,
        },
        kills,
      },
    ],
    stored: readStored(path),
    open: new Set(open),
  };
}

async function stored(...made: readonly Made[]): Promise<MadeDatabase> {
  const database = new MadeDatabase();
  await database.fill(...made);
  return database;
}

/** The kinds that were found, each once. */
const kinds = (found: Evidence): string[] => [
  ...new Set(prove(found).violations.map(({ kind }) => kind)),
];

describe('proof', () => {
  it('finds nothing where there is nothing, and says how much it looked at', async () => {
    const made = [makeSession(), makeSession({ recordNumber: 5, startsAt: 100 })];
    const { path } = await stored(...made);
    expect(prove(evidence(path, made))).toEqual({
      violations: [],
      figures: {
        framesSent: 8,
        framesCut: 0,
        sessions: 2,
        rows: 16,
        passed: 16,
        acknowledged: 16,
        lostOnTheWire: 0,
        allowedOnTheWire: 0,
        explainedHoles: 0,
      },
    });
  });

  it.each(['captured_ms', 'elapsed_ms', 'device_time', 'value', 'temperature', 'record_number'])(
    'notices a changed %s of a measurement',
    async (column) => {
      const made = makeSession();
      const database = await stored(made);
      database.spoil(`UPDATE measurements SET ${column} = ${column} + 1 WHERE seq = 2`);
      expect(kinds(evidence(database.path, [made]))).toContain('altered');
    },
  );

  it.each(['unit', 'temperature_unit', 'status', 'range', 'mode'])(
    'notices a changed %s of a measurement',
    async (column) => {
      const made = makeSession();
      const database = await stored(made);
      database.spoil(`UPDATE measurements SET ${column} = ${column} || 'x' WHERE seq = 2`);
      expect(kinds(evidence(database.path, [made]))).toEqual(['altered']);
    },
  );

  it.each([
    ['audit_events', "message = 'other'"],
    ['audit_events', "category = 'other'"],
    ['audit_events', "level = 'info'"],
    ['audit_events', "payload = '{}'"],
    ['audit_events', 'at_ms = at_ms + 1'],
    ['session_metadata', "value = 'other' WHERE seq = 0 AND key = 'load'"],
    ['session_metadata', 'value = 5 WHERE seq = 5'],
    ['sessions', "profile = 'other'"],
    ['sessions', "port = 'other'"],
    ['sessions', 'emulated = 0'],
    ['sessions', 'started_ms = started_ms + 1'],
    ['sessions', 'ended_ms = ended_ms + 1'],
    ['sessions', "end_reason = 'profile_switch'"],
    ['sessions', 'end_measurement_count = 3'],
    ['sessions', 'measurement_count = 3'],
    ['sessions', 'last_seq = 9'],
    ['instruments', "serial = 'EMU00009'"],
    ['instruments', "model = 'CX-605'"],
  ])('notices in %s a changed %s', async (table, change) => {
    const made = makeSession();
    const database = await stored(made);
    database.spoil(`UPDATE ${table} SET ${change}`);
    expect(kinds(evidence(database.path, [made]))).toContain('altered');
  });

  it('notices another frame than the one that passed', async () => {
    const made = makeSession();
    const database = await stored(made);
    database.spoil("UPDATE measurements SET raw_frame = x'0102' WHERE seq = 2");
    expect(kinds(evidence(database.path, [made]))).toEqual(['altered', 'invented', 'lost']);
  });

  it('tells what was acknowledged and is absent from what is only lost', async () => {
    const made = makeSession();
    const database = await stored(made);
    database.spoil('DELETE FROM measurements WHERE seq = 3');
    database.spoil('UPDATE sessions SET measurement_count = 3');
    expect(kinds(evidence(database.path, [made]))).toEqual(['acknowledged_absent', 'lost']);
    const found = prove(evidence(database.path, [made], { acknowledged: 2 })).violations;
    // The line that passed, and the frame that the meter sent.
    expect(found.map(({ kind }) => kind)).toEqual(['lost', 'lost']);
  });

  it('notices a session of which nothing was kept', async () => {
    const [kept, gone] = [makeSession(), makeSession({ recordNumber: 5, startsAt: 100 })];
    const { path } = await stored(kept);
    expect(kinds(evidence(path, [kept, gone]))).toContain('acknowledged_absent');
  });

  it('notices a record and a session that never passed', async () => {
    const [passed, other] = [makeSession(), makeSession({ recordNumber: 5, startsAt: 100 })];
    const { path } = await stored(passed, other);
    const without = { ...passed, lines: new Map([...passed.lines].filter(([seq]) => seq !== 2)) };
    expect(kinds(evidence(path, [without, other]))).toEqual(['invented', 'hole']);
    expect(kinds(evidence(path, [passed]))).toContain('invented');
  });

  it('notices one frame in two records', async () => {
    const made = [makeSession(), makeSession({ recordNumber: 5, startsAt: 100 })];
    const database = await stored(...made);
    database.spoil(`UPDATE measurements SET raw_frame = (SELECT raw_frame FROM measurements m
      WHERE m.session_id = 1 AND m.seq = measurements.seq) WHERE session_id = 2`);
    expect(kinds(evidence(database.path, made))).toEqual(['altered', 'doubled', 'lost']);
  });

  it('notices times that go back, even if they passed like that', async () => {
    const made = makeSession();
    const lines = new Map(made.lines);
    // As if acquisition had made them so: the lines and the rows agree.
    const result = decodeLine(made.lines.get(3)!);
    if (!result.ok || result.record.type !== 'measurement') throw new Error('no measurement');
    lines.set(3, encodeRecord({ ...result.record, elapsed_ms: 5 }));
    const { path } = await stored({ ...made, lines });
    expect(kinds(evidence(path, [{ ...made, lines }]))).toEqual(['out_of_order']);
  });

  it.each([
    ['by its range', { from: 6, to: 6 }],
    [
      'in a list',
      {
        missing: [
          { from: 2, to: 2 },
          { from: 5, to: 7 },
        ],
      },
    ],
  ])('takes a hole only with an event that names it, %s', async (_, payload) => {
    const made = makeSession();
    const lines = new Map([...made.lines].filter(([seq]) => seq !== 6));
    const holed = { ...made, lines };
    const database = await stored(holed);
    expect(kinds(evidence(database.path, [holed]))).toEqual(['hole']);
    await database.withStore((store) =>
      store.recordEvent({
        key: 'hole:1',
        session: made.session,
        at: '2026-03-01T08:00:00.000Z',
        level: 'warning',
        category: 'hole',
        message: 'lost in the spool',
        payload,
      }),
    );
    const explained = prove(evidence(database.path, [holed]));
    expect(explained.violations).toEqual([]);
    expect(explained.figures.explainedHoles).toBe(1);
  });

  it('wants every session closed but the running ones, and those open', async () => {
    const made = makeSession({ ended: false });
    const { path } = await stored(made);
    expect(kinds(evidence(path, [made]))).toEqual(['wrong_end']);
    expect(kinds(evidence(path, [made], { open: [made.session] }))).toEqual([]);
    const ended = makeSession();
    const other = await stored(ended);
    expect(kinds(evidence(other.path, [ended], { open: [ended.session] }))).toEqual(['wrong_end']);
  });

  it('wants a kill for every session that is closed as crashed', async () => {
    const made = makeSession({ ended: false });
    const database = await stored(made);
    await database.withStore((store) => store.reconcileSessions('bench-1', []));
    expect(kinds(evidence(database.path, [made]))).toEqual(['wrong_end']);
    expect(kinds(evidence(database.path, [made], { kills: [{ deadAt: Date.now() }] }))).toEqual([]);
  });

  it('says what the system says by itself, and what the witnesses saw', async () => {
    const made = makeSession();
    const database = await stored(made);
    expect(kinds(evidence(database.path, [made], { contradictions: ['two lines'] }))).toEqual([
      'altered',
    ]);
    const conflicting = new Map([[2, made.lines.get(3)!]]);
    await database.fill({ lines: conflicting });
    expect(kinds(evidence(database.path, [made]))).toEqual([]);
    await database.withStore((store) =>
      store.recordEvent({
        key: 'conflict:1',
        at: '2026-03-01T08:00:00.000Z',
        level: 'error',
        category: 'conflict',
        message: 'A measurement was refused',
        payload: {},
      }),
    );
    expect(kinds(evidence(database.path, [made]))).toEqual(['alarm']);
  });

  it('says what is wrong with the database file', async () => {
    const made = makeSession();
    const { path } = await stored(made);
    const found = evidence(path, [made]);
    const broken = { ...found, stored: { ...found.stored, integrity: 'row 7 missing from index' } };
    expect(kinds(broken)).toEqual(['integrity']);
  });
});
