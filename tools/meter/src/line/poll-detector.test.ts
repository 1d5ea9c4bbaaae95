import { POLL } from '@elmetron/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PollDetector } from './poll-detector.js';

describe('poll detector', () => {
  it('finds every poll, however the bytes are cut and whatever stands between', () => {
    // 0x03 ends a poll: noise without it cannot become one.
    const noise = fc.uint8Array({ maxLength: 20 }).map((bytes) => bytes.filter((b) => b !== 3));
    fc.assert(
      fc.property(
        fc.array(noise, { maxLength: 6 }),
        fc.integer({ min: 1, max: 12 }),
        (gaps, size) => {
          const stream = Buffer.concat(gaps.flatMap((gap) => [gap, POLL]));
          const detector = new PollDetector();
          let polls = 0;
          for (let at = 0; at < stream.length; at += size) {
            polls += detector.push(stream.subarray(at, at + size));
          }
          expect(polls).toBe(gaps.length);
        },
      ),
    );
  });

  it('does not take a damaged poll for one', () => {
    const damaged = Buffer.from(POLL);
    damaged[4] = 0;
    expect(new PollDetector().push(Buffer.concat([damaged, POLL.subarray(1)]))).toBe(0);
  });
});
