import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeLine, newSessionId } from '@elmetron/protocol';
import { writeLargeBuffer } from './large-buffer.js';

test('holds as many measurements as are asked for', () => {
  const dir = mkdtempSync(join(tmpdir(), 'elmetron-large-'));
  try {
    const path = join(dir, 'buffer.jsonl');
    const { measurements } = writeLargeBuffer(path, newSessionId(), { measurements: 25_000 });
    expect(measurements).toBe(25_000);
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(25_001);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

test('every line of a large buffer is a record of its session, in order', () => {
  const dir = mkdtempSync(join(tmpdir(), 'elmetron-large-'));
  try {
    const path = join(dir, 'buffer.jsonl');
    const session = newSessionId();
    const { measurements, bytes } = writeLargeBuffer(path, session, { bytes: 100_000 });
    const content = readFileSync(path);
    expect(content).toHaveLength(bytes);
    const lines = content.toString().split('\n').slice(0, -1);
    const records = lines.map((line) => decodeLine(Buffer.from(line)));
    expect(records.filter(({ ok }) => !ok)).toEqual([]);
    expect(records.map((line) => line.ok && line.record.seq)).toEqual(
      Array.from({ length: measurements + 1 }, (_, seq) => seq),
    );
    expect(records.at(-1)).toMatchObject({
      record: { session, elapsed_ms: measurements * 1000, type: 'measurement' },
    });
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
