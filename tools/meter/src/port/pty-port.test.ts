/** The meter and a real SerialPort at the two ends of a real pseudo-terminal. */
import { spawn } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { FRAME_BYTES, HEADER_BYTES } from '@elmetron/protocol';
import { describe, expect, it } from 'vitest';
import { readRecording } from '../device/recording.js';
import { eventually } from '../testing/eventually.js';
import { meterOnAPty } from '../testing/meter-on-a-pty.js';
import { temporaryFolders } from '../testing/temporary-folder.js';

const folder = temporaryFolders();
const hexes = (frames: readonly Buffer[]): string[] => frames.map((bytes) => bytes.toString('hex'));
const sent = (booked: readonly { frame: string; end: string }[]): string[] =>
  booked.filter(({ end }) => end === 'sent').map(({ frame }) => frame);

describe('a meter on a pseudo-terminal', () => {
  it('answers polls, and books what the host got', async () => {
    const { connect, booked } = await meterOnAPty(folder());
    const host = await connect();
    await host.exchange(30);
    expect(host.received).toHaveLength(30 * FRAME_BYTES);
    expect(hexes(host.frames)).toEqual(sent(booked()));
  });

  it('keeps every frame whole on the worst of lines', async () => {
    const behaviour = { chunking: true, noise: 0.5, doubled: 0.3 };
    const { connect, booked } = await meterOnAPty(folder(), { behaviour });
    const host = await connect();
    await host.exchange(30);
    expect(hexes(host.frames)).toEqual(sent(booked()));
    expect(host.received.length).toBeGreaterThan(30 * FRAME_BYTES + HEADER_BYTES);
    expect(booked().some(({ doubled }) => doubled)).toBe(true);
  });

  it('starts over when it is polled while it answers', async () => {
    // Slow enough that the second poll surely comes in time.
    const { connect, booked } = await meterOnAPty(folder(), { baud: 9600 });
    const host = await connect();
    host.poll();
    host.poll();
    await eventually('the answer', () => host.frames.length === 1);
    expect(host.received).toHaveLength(HEADER_BYTES + FRAME_BYTES);
    expect(booked()).toEqual([{ frame: hexes(host.frames)[0], doubled: true, end: 'sent' }]);
  });

  it('vanishes when it is unplugged and comes back as another pseudo-terminal', async () => {
    const { meter, path, connect, booked } = await meterOnAPty(folder());
    const host = await connect();
    await host.exchange(3);
    await meter.unplug();
    await eventually('the host to notice', () => host.disconnected);
    expect(existsSync(path)).toBe(false);

    await meter.plug();
    const again = await connect();
    await again.exchange(3);
    expect([...hexes(host.frames), ...hexes(again.frames)]).toEqual(sent(booked()));
  });

  it('books the frame that an unplug cut', async () => {
    const { meter, connect, booked } = await meterOnAPty(folder(), { baud: 2400 });
    const host = await connect();
    host.poll();
    await eventually('half of the answer', () => host.received.length >= HEADER_BYTES);
    await meter.unplug();
    expect(host.frames).toEqual([]);
    expect(booked()).toMatchObject([{ frame: host.received.toString('hex'), end: 'unplugged' }]);
  });

  it('serves one host after the other, and none gets what was left over from another', async () => {
    const { meter, connect, booked } = await meterOnAPty(folder());
    const got: string[] = [];
    for (let i = 0; i < 8; i += 1) {
      const host = await connect();
      await host.exchange(2);
      expect(host.received.indexOf(host.frames[0] ?? 'none')).toBe(0);
      // Leaves with a poll or an answer under way, at another moment each time.
      const polls = meter.polls;
      host.poll();
      await eventually('the poll to be heard', () => meter.polls > polls);
      await new Promise((resolve) => setTimeout(resolve, i * 2));
      await host.close();
      got.push(...hexes(host.frames));
      // The meter looks every 25 ms; who comes sooner hears the rest of an answer, as on any line.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // What a host had taken in without looking at it counts as sent all the same.
    const account = booked().map(({ frame }) => frame);
    for (const frame of got) {
      const at = account.indexOf(frame);
      expect(at).toBeGreaterThanOrEqual(0);
      account.splice(0, at + 1);
    }
  });

  it('stays whole when a host closes and opens without a pause', async () => {
    const { connect } = await meterOnAPty(folder());
    for (let i = 0; i < 5; i += 1) {
      const host = await connect();
      await host.exchange(2);
      host.poll();
      await host.close();
    }
  });

  it('lets the bytes go that a killed host left unread', async () => {
    const { meter, path, connect, booked } = await meterOnAPty(folder());
    // Opens the port, polls once, and never reads: a host that hangs.
    const script = `
      const { openSync, writeSync } = require('node:fs');
      const port = openSync(process.argv[1], 'r+');
      writeSync(port, Buffer.from('012330233023302303', 'hex'));
      setInterval(() => {}, 1000);`;
    const hung = spawn(process.execPath, ['-e', script, path], { stdio: 'ignore' });
    await eventually('its poll', () => meter.polls === 1);
    await eventually('the answer to lie there', () => sent(booked()).length === 1);
    const ended = new Promise((resolve) => hung.once('exit', resolve));
    hung.kill('SIGKILL');
    await ended;
    await eventually('the account to take it back', () => booked()[0]?.end === 'unread');

    const host = await connect();
    await host.exchange(2);
    expect(host.received).toHaveLength(2 * FRAME_BYTES);
  });

  it('replaces the path that a killed meter left, in one step', async () => {
    const own = folder();
    const first = await meterOnAPty(own);
    const left = readlinkSync(first.path);
    const second = await meterOnAPty(own);
    expect(readlinkSync(second.path)).not.toBe(left);
    await first.meter.stop();
    const host = await second.connect();
    await host.exchange();
    await second.meter.stop();
    expect(existsSync(second.path)).toBe(false);
  });

  const captures = new URL('../../../../../shared/captures/', import.meta.url);
  const there = existsSync(captures);
  if (!there) console.info('skipped: no recordings of a real meter beside the project');

  it.skipIf(!there)('plays a recording with its chunks and times', async () => {
    const file = new URL('chunks_18_frames.jsonl', captures).pathname;
    const { connect, booked } = await meterOnAPty(folder(), {
      playback: { file, then: 'silence' },
    });
    const host = await connect();
    for (const [i, pieces] of readRecording(file).entries()) {
      const polledAt = performance.now();
      const chunksBefore = host.chunks.length;
      await host.exchange();
      expect(hexes(host.frames)[i]).toBe(hexes([Buffer.concat(pieces.map((p) => p.bytes))])[0]);
      // A busy machine may bring pieces late and together, never early or cut elsewhere.
      expect(performance.now() - polledAt).toBeGreaterThan((pieces.at(-1)?.afterMs ?? 0) - 1);
      expect(host.chunks.length - chunksBefore).toBeLessThanOrEqual(pieces.length);
    }
    expect(host.frames).toHaveLength(18);
    expect(hexes(host.frames)).toEqual(sent(booked()));
  });
});
