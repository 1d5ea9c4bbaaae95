/** What is read in runs against the same file read line by line, where each line is judged by itself. */
import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeLine } from '@elmetron/protocol';
import { linesOf, MadeSession } from '../store/testing/made-session.js';
import { linesOfRun, type MeasurementRun } from './measurement-run.js';
import { scanSegmentPieces, type ScannedLine } from './segment-scanner.js';
import { all } from './testing/lines.js';

const dir = mkdtempSync(join(tmpdir(), 'runs-'));
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

type Piece = ScannedLine | MeasurementRun;

async function piecesOf(
  bytes: Uint8Array,
  chunkBytes?: number,
  runLines?: number,
): Promise<Piece[]> {
  const path = join(dir, 'segment');
  writeFileSync(path, bytes);
  const options = { ...(chunkBytes && { chunkBytes }), ...(runLines && { runLines }) };
  return (await all(scanSegmentPieces(path, options))).flat();
}

const [one, two] = [new MadeSession(), new MadeSession()];
const lines = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.nat(30).map((seq) => linesOf(one.measurement(seq))) },
    { weight: 2, arbitrary: fc.nat(30).map((seq) => linesOf(two.measurement(seq))) },
    { weight: 1, arbitrary: fc.nat(30).map((seq) => linesOf(one.event(seq))) },
    { weight: 1, arbitrary: fc.constantFrom('no line\n', '\n', '{}\n').map((s) => Buffer.from(s)) },
  ),
  { maxLength: 25 },
);
/** Mostly in the order of a session that is recorded. */
const runs = fc
  .array(fc.tuple(fc.nat(50), fc.integer({ min: 1, max: 20 }), lines), { maxLength: 4 })
  .map((parts) =>
    parts.flatMap(([first, count, others]) => [
      ...Array.from({ length: count }, (_, i) => linesOf(one.measurement(first + i))),
      ...others,
    ]),
  );

describe('runs', () => {
  it('are of one session, of consecutive numbers, and leave out no byte of the file', async () => {
    await fc.assert(
      fc.asyncProperty(
        runs,
        fc.constantFrom(undefined, 500, 2_000),
        fc.constantFrom(undefined, 3),
        async (whole, chunkBytes, runLines) => {
          const bytes = Buffer.concat(whole);
          let next = 0;
          for (const piece of await piecesOf(bytes, chunkBytes, runLines)) {
            expect(piece.offset).toBe(next);
            next = piece.end;
            if (piece.kind !== 'run') continue;
            expect(piece.bytes).toEqual(bytes.subarray(piece.offset, piece.end));
            expect(piece.table.lines).toBeLessThanOrEqual(runLines ?? Infinity);
            const { session, first } = piece;
            const said = linesOfRun(piece).map(({ bytes: line }) => decodeLine(line));
            expect(said).toHaveLength(piece.table.lines);
            for (const [i, result] of said.entries()) {
              const record = { type: 'measurement', session, seq: first + i };
              expect(result).toMatchObject({ ok: true, record });
            }
          }
          expect(next).toBe(bytes.length);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are as long as they can be', async () => {
    const measured = Array.from({ length: 100 }, (_, i) => one.measurement(i + 1));
    const pieces = await piecesOf(linesOf(one.start(), ...measured, two.measurement(101)));
    expect(pieces.map(({ kind }) => kind)).toEqual(['record', 'run', 'run']);
    expect(pieces[1]).toMatchObject({ session: one.session, first: 1, table: { lines: 100 } });
  });

  it('end where a line is damaged, and go on behind it', async () => {
    const measured = Array.from({ length: 100 }, (_, i) => one.measurement(i + 1));
    const bytes = linesOf(...measured);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    const pieces = await piecesOf(bytes);
    expect(pieces.map(({ kind }) => kind)).toEqual(['run', 'bad', 'run']);
  });
});
