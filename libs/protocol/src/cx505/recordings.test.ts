/**
 * The recordings of a real meter, where they lie beside the project. They are not part of it: what
 * they showed is in the frames that the other tests make.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeFrame } from './decoder.js';
import { FRAME_BYTES, HEADER_BYTES } from './frame-layout.js';
import { Framer, type FramerOutput } from './framer.js';
import { POLL } from './poll.js';

const captures = new URL('../../../../../shared/captures/', import.meta.url);
const there = existsSync(captures);
if (!there) console.info('skipped: no recordings of a real meter beside the project');

const expectedLine = z.object({
  frame_hex: z.string(),
  doubled: z.boolean(),
  expect: z.object({ model: z.string(), serial: z.string() }).loose(),
});
const pieceLine = z.object({ t_ms: z.number(), dir: z.enum(['tx', 'rx']), hex: z.string() });

const lines = (name: string): unknown[] =>
  readFileSync(new URL(name, captures), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));

function framesOf(output: readonly FramerOutput[]): Buffer[] {
  return output.filter((o) => o.kind === 'frame').map((o) => o.bytes);
}

describe.skipIf(!there)('recordings', () => {
  it('decode to the values given', () => {
    const all = lines('frames.jsonl').map((line) => expectedLine.parse(line));
    expect(all.length).toBeGreaterThan(0);
    for (const recorded of all) {
      const framer = new Framer();
      const output = [...framer.push(Buffer.from(recorded.frame_hex, 'hex')), ...framer.end()];
      const discarded = output.filter((o) => o.kind === 'discarded');
      expect(discarded.map((o) => [o.reason, o.bytes.length])).toEqual(
        recorded.doubled ? [['restarted', HEADER_BYTES]] : [],
      );
      const result = decodeFrame(framesOf(output)[0] ?? Buffer.alloc(0));
      if (!result.ok) throw new Error(result.reason);
      const { model, serial, decoded } = result;
      expect({ model, serial, ...decoded }).toEqual({
        ...recorded.expect,
        record_number: 0,
        status: '0',
        range: '00000',
        mode: '00000',
      });
      expect(result.unreadable).toEqual([]);
    }
  });

  it.each([
    ['mv_rel_13_frames.raw', 13],
    ['mv_rel_3_frames.raw', 3],
  ])('%s holds %i frames and nothing else', (name, count) => {
    const framer = new Framer();
    const output = [...framer.push(readFileSync(new URL(name, captures))), ...framer.end()];
    expect(output).toHaveLength(count);
    for (const frame of framesOf(output)) {
      expect(frame).toHaveLength(FRAME_BYTES);
      expect(decodeFrame(frame)).toMatchObject({ ok: true, unreadable: [] });
    }
    expect(framesOf(output)).toHaveLength(count);
  });

  it('true chunks give one frame a poll', () => {
    const pieces = lines('chunks_18_frames.jsonl').map((line) => pieceLine.parse(line));
    const framer = new Framer();
    const output: FramerOutput[] = [];
    for (const { dir, hex } of pieces) {
      const bytes = Buffer.from(hex, 'hex');
      if (dir === 'tx') expect(bytes).toEqual(POLL);
      else output.push(...framer.push(bytes));
    }
    expect(framesOf(output)).toHaveLength(18);
    expect([...output, ...framer.end()]).toHaveLength(18);
    for (const frame of framesOf(output)) expect(decodeFrame(frame).ok).toBe(true);
  });
});
