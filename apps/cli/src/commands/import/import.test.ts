import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame } from '@elmetron/protocol/offline';
import { StoreReader } from '@elmetron/storage';
import { MadeBench } from '../../testing/made-bench.js';
import { elmetron, type Circumstances } from '../../testing/run-program.js';

let bench: MadeBench;
beforeEach(() => {
  bench = new MadeBench();
});
afterEach(() => {
  bench.remove();
});

const run = (args: readonly string[], circumstances: Circumstances = {}) =>
  elmetron(['import', ...args, '-c', bench.config], circumstances);

/** Twice the header, as the meter answers that was asked again too early. */
function frameHex(value: string, twice = false): string {
  const frame = encodeFrame({
    serial: '00411/25',
    value,
    unit: 'pH',
    temperature: '21.5',
    deviceTime: '2025-09-26T13:24:00',
  });
  const header = twice ? frame.subarray(0, frame.indexOf(0x02) + 1) : Buffer.alloc(0);
  return Buffer.concat([header, frame]).toString('hex');
}

function buffer(id: number, readings: readonly { value: string; twice?: boolean }[]): string {
  const started = `2025-09-26T13:24:0${id}`;
  const lines = [
    {
      type: 'session_start',
      session_id: id,
      started_at: started,
      device: { serial: '00411/25', description: 'CX-505 USB', model: 'CX-505' },
      metadata: {},
    },
    ...readings.map(({ value, twice = false }, second) => ({
      type: 'measurement',
      captured_at: `2025-09-26T13:25:${String(second).padStart(2, '0')}Z`,
      raw_frame_hex: frameHex(value, twice),
      decoded: twice ? { value: null, unit: 'S/N00411/25' } : { value: Number(value), unit: 'pH' },
    })),
  ];
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  return bench.write(`old/session_${id}_buffer.jsonl`, text);
}

function stored(): number {
  const reader = StoreReader.open(bench.database);
  try {
    return reader.sessions().reduce((sum, session) => sum + session.measurement_count, 0);
  } finally {
    reader.close();
  }
}

const PH = { value: '7.01' };

describe('import', () => {
  it('says what was read, what came out otherwise, and what was here already', async () => {
    const one = buffer(1, [PH, { value: '7.02', twice: true }]);
    const two = buffer(2, [PH, PH]);
    const ran = await run([one, two]);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain(`${one}: 2 frames of 1 session(s) read; 2 readings imported, 0 were`);
    expect(ran.out).toContain('1 answer(s) that the meter had begun anew');
    expect(ran.out).toContain('1 reading(s) decoded otherwise');
    expect(ran.out).toContain('In all: 4 readings imported, 0 were here already');
    const again = await run([one, two, '--json']);
    expect(again.values).toMatchObject([
      {
        dry_run: false,
        imported_measurements: 0,
        already_stored_measurements: 4,
        corrected_measurements: 1,
        failed: 0,
        files: [
          { path: one, summary: { kind: 'buffer', doubled_headers: 1 }, error: null },
          { path: two },
        ],
      },
    ]);
    expect(stored()).toBe(4);
  });

  it('of the same file named twice reads it once', async () => {
    const one = buffer(1, [PH]);
    expect((await run([one, one])).out).not.toContain('In all');
  });

  it('--dry-run changes nothing', async () => {
    const one = buffer(1, [PH, PH]);
    const ran = await run([one, '--dry-run']);
    expect(ran.code).toBe(0);
    expect(ran.out).toContain('would import up to 2 readings');
    expect(readdirSync(bench.dir).sort()).toEqual(['app.toml', 'old', 'protocols.toml']);
  });

  it('goes on behind a file that is none of the predecessor, and says so at the end', async () => {
    const other = bench.write('old/thesis.jsonl', 'once upon a time\n');
    const ran = await run([other, buffer(1, [PH]), '--json']);
    expect(ran.code).toBe(2);
    expect(ran.values).toMatchObject([
      { imported_measurements: 1, failed: 1, files: [{ error: { code: 'import_foreign' } }, {}] },
    ]);
    expect(ran.err).toContain('is no buffer of the predecessor');
    expect(readFileSync(other, 'utf8')).toBe('once upon a time\n');
  });

  it('refuses the database of this system, and leaves it as it is', async () => {
    await bench.record({ readings: [{ value: '7.01', unit: 'pH' }] });
    const ran = await run([bench.database]);
    expect(ran.code).toBe(2);
    expect(ran.err).toContain('no database of the predecessor');
    expect(stored()).toBe(1);
  });

  it('says that a database is damaged', async () => {
    const ran = await run([bench.write('old.sqlite', `SQLite format 3\0${'x'.repeat(5000)}`)]);
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('cannot be read as a database of the predecessor');
  });

  it('imports nothing when one of the files is not there, or is a directory', async () => {
    const one = buffer(1, [PH]);
    mkdirSync(bench.path('data'));
    for (const [other, code] of [
      [bench.path('none.sqlite'), 3],
      [bench.path('old'), 2],
    ] as const) {
      expect((await run([one, other])).code).toBe(code);
      expect(readdirSync(bench.path('data'))).toEqual([]);
    }
    expect((await run([])).code).toBe(2);
  });

  it('interrupted, it says so; the same command goes on', async () => {
    const one = buffer(1, [PH]);
    expect((await run([one], { signal: AbortSignal.abort() })).code).toBe(130);
    expect((await run([one])).code).toBe(0);
    expect(stored()).toBe(1);
  });
});
