/** A meter in this process, on a pseudo-terminal in a folder of its own, ended with the test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Meter, type MeterOptions } from '../meter.js';
import { SerialHost } from './serial-host.js';

export interface Booked {
  readonly frame: string;
  readonly doubled: boolean;
  /** The last word on its end: `sent`, or why it was cut. */
  end: string;
}

export async function meterOnAPty(folder: string, options: MeterOptions = {}) {
  const path = join(folder, 'meter');
  const account = join(folder, 'account.jsonl');
  const meter = await Meter.start({ path, account, ...options });
  onTestFinished(() => meter.stop());
  return {
    meter,
    path,
    booked: () => readAccount(account),
    connect: async (): Promise<SerialHost> => {
      const host = await SerialHost.open(path);
      onTestFinished(() => host.close());
      return host;
    },
  };
}

interface AccountLine {
  readonly event: string;
  readonly n: number;
  readonly frame: string;
  readonly doubled: boolean;
  readonly cause: string;
}

export function readAccount(path: string): Booked[] {
  const booked: Booked[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const { event, n, frame, doubled, cause } = JSON.parse(line) as AccountLine;
    if (event === 'frame') booked.push({ frame, doubled, end: 'unknown' });
    const entry = booked[n - 1];
    if (entry !== undefined && event === 'sent') entry.end = 'sent';
    if (entry !== undefined && event === 'cut') entry.end = cause;
  }
  return booked;
}
