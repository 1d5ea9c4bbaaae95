/**
 * Recordings of a real meter, played back over a pseudo-terminal with their true pieces and times.
 * They are not part of this project: where they are not at hand the tests are skipped and say so.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect } from 'vitest';
import { FRAME_BYTES, POLL } from '@elmetron/protocol';
import { eventually, PATIENCE_MS, type Bench, type MeasurementRow } from '@elmetron/rig';
import { test } from './on-a-bench.js';

const RECORDINGS = fileURLToPath(new URL('../../../../shared/captures/', import.meta.url));
const there = existsSync(RECORDINGS);
if (!there) console.log(`skipped: no recordings of a real meter at ${basename(RECORDINGS)}/`);

interface Piece {
  readonly t_ms: number;
  readonly dir: 'tx' | 'rx';
  readonly hex: string;
}

interface ExpectedFrame {
  readonly frame_hex: string;
  readonly expect: {
    readonly model: string;
    readonly serial: string;
    readonly value: number;
    readonly unit: string;
    readonly temperature: number;
    readonly temperature_unit: string;
    readonly device_time: string;
  };
}

/** Plays the pieces to a real acquisition and returns what the database of real meters holds then. */
async function play(
  bench: Bench,
  pieces: readonly Piece[],
  frames: number,
): Promise<readonly MeasurementRow[]> {
  const recording = bench.path('recording.jsonl');
  await writeFile(recording, pieces.map((piece) => `${JSON.stringify(piece)}\n`).join(''));
  await bench.startMeter('--playback', recording);
  const writer = bench.startWriter();
  const acquisition = bench.startAcquisition();
  const stored = (): number => {
    try {
      return bench.database('data/elmetron.sqlite').measurements.length;
    } catch {
      return 0;
    }
  };
  await eventually(
    `${String(frames)} frames of the recording in the database`,
    () => stored() >= frames,
    PATIENCE_MS,
    () => `${String(stored())} are\n${acquisition.tail()}`,
  );
  await acquisition.stop();
  await writer.stop();
  return bench.database('data/elmetron.sqlite').measurements;
}

/** One exchange a frame: the poll, and 24 ms later the whole answer. */
function exchanges(frames: readonly string[]): Piece[] {
  return frames.flatMap((hex, i) => [
    { t_ms: i * 100, dir: 'tx' as const, hex: POLL.toString('hex') },
    { t_ms: i * 100 + 24, dir: 'rx' as const, hex },
  ]);
}

async function jsonLines<T>(name: string): Promise<T[]> {
  const text = await readFile(join(RECORDINGS, name), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);
}

describe.skipIf(!there)('recordings of a real meter', () => {
  test('true pieces at their true times', async ({ open }) => {
    const pieces = await jsonLines<Piece>('chunks_18_frames.jsonl');
    const answer = Buffer.concat(
      pieces.filter(({ dir }) => dir === 'rx').map(({ hex }) => Buffer.from(hex, 'hex')),
    );
    const rows = await play(await open(), pieces, 18);
    const played = rows.slice(0, 18);
    expect(Buffer.concat(played.map((row) => row.raw_frame)).equals(answer)).toBe(true);
    for (const row of played) {
      expect(row).toMatchObject({
        model: 'CX-505',
        serial: '00308/25',
        value: 381.8,
        unit: 'mV rel',
        temperature_unit: '°C',
      });
    }
  });

  test('single frames in four units, two with a doubled header, decode as they were expected to', async ({
    open,
  }) => {
    const frames = await jsonLines<ExpectedFrame>('frames.jsonl');
    const pieces = exchanges(frames.map(({ frame_hex }) => frame_hex));
    const rows = await play(await open(), pieces, frames.length);
    for (const [i, frame] of frames.entries()) {
      expect(rows[i]).toMatchObject(frame.expect);
      expect(frame.frame_hex.endsWith(rows[i]?.raw_frame.toString('hex') ?? '-')).toBe(true);
    }
  });

  test('plain byte streams', async ({ open }) => {
    for (const name of (await readdir(RECORDINGS)).filter((file) => file.endsWith('.raw'))) {
      const bytes = await readFile(join(RECORDINGS, name));
      const frames = Array.from({ length: bytes.length / FRAME_BYTES }, (_, i) =>
        bytes.subarray(i * FRAME_BYTES, (i + 1) * FRAME_BYTES).toString('hex'),
      );
      const rows = await play(await open(), exchanges(frames), frames.length);
      expect(rows.slice(0, frames.length).map((row) => row.raw_frame.toString('hex'))).toEqual(
        frames,
      );
      expect(rows.every(({ value, unit }) => value !== null && unit === 'mV rel')).toBe(true);
    }
  });
});
