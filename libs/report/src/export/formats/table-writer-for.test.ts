import { expect, it, vi } from 'vitest';
import { keptBytes, madeRow } from '../../testing/made-rows.js';

// Whoever only wants a status or a CSV file does not wait for these to load.
vi.mock('yazl', () => {
  throw new Error('loaded yazl');
});
vi.mock('hyparquet-writer', () => {
  throw new Error('loaded hyparquet-writer');
});

const { tableWriterFor, ZoneClock } = await import('../../index.js');

function options() {
  const bytes = keptBytes();
  const clock = new ZoneClock('UTC');
  const chosen = { raw: true, separator: ';', decimal: ',', about: [], program: 'test' };
  return { bytes, given: { sink: bytes.sink, clock, ...chosen } };
}

it('CSV and JSON Lines load nothing but themselves', async () => {
  for (const [format, said] of [
    ['csv', '\ufefflocal_time;value;'],
    ['jsonl', '{"local_time":"2026-03-01 08:00:00.123","value":-1.138'],
  ] as const) {
    const { bytes, given } = options();
    const writer = await tableWriterFor(format, given);
    await writer.write([madeRow()]);
    await writer.finish();
    expect(bytes.all().toString().startsWith(said)).toBe(true);
    expect(bytes.all().toString()).toContain('0123b503');
  }
});

it.each(['xlsx', 'parquet'] as const)('%s is loaded when it is asked for', async (format) => {
  await expect(tableWriterFor(format, options().given)).rejects.toMatchObject({
    cause: { message: expect.stringContaining('loaded') },
  });
});
