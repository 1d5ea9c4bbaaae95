import { expect, test } from 'vitest';
import { decodeFrame, decodeLine, newSessionId } from '@elmetron/protocol';
import { generatedMeasurements, generatedStart } from './generated-lines.js';

const session = {
  session: newSessionId(),
  source: 'bench-7',
  startedAt: Date.UTC(2026, 0, 1),
  intervalMs: 12.5,
};

test('begins with a start of a real meter', () => {
  expect(decodeLine(generatedStart(session))).toMatchObject({
    ok: true,
    record: { type: 'session_start', seq: 0, source: 'bench-7', emulated: false },
  });
});

test.each([1, 2, 999, 1000, 1001, 9_999_999])('measurement %i is valid', (seq) => {
  const result = decodeLine(Buffer.from(generatedMeasurements(session)(seq)));
  expect(result).toMatchObject({
    ok: true,
    record: {
      type: 'measurement',
      session: session.session,
      seq,
      elapsed_ms: Math.round(seq * 12.5),
      captured_at: new Date(session.startedAt + Math.round(seq * 12.5)).toISOString(),
    },
  });
});

test('what is decoded is what the frame says, and readings differ', () => {
  const line = generatedMeasurements(session);
  const values = [1, 2, 3].map((seq) => {
    const result = decodeLine(Buffer.from(line(seq)));
    if (!result.ok || result.record.type !== 'measurement') throw new Error('no measurement');
    const { raw_frame_hex, decoded } = result.record;
    expect(decodeFrame(Buffer.from(raw_frame_hex, 'hex'))).toMatchObject({ ok: true, decoded });
    return decoded.value;
  });
  expect(new Set(values).size).toBe(3);
});
