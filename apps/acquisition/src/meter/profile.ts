/** How one kind of meter is talked to, in the terms of the code that talks to it. */
import type { Profile } from '@elmetron/runtime';
import type { LineSettings } from '@elmetron/link';

export interface MeterProfile {
  readonly name: string;
  readonly poll: Buffer;
  readonly intervalMs: number;
  /** An answer of which nothing more comes for this long is taken to have ended. */
  readonly readTimeoutMs: number;
  readonly line: LineSettings;
}

export function meterProfile(name: string, profile: Profile): MeterProfile {
  return {
    name,
    poll: Buffer.from(profile.poll_hex, 'hex'),
    intervalMs: profile.poll_interval_s * 1000,
    readTimeoutMs: profile.read_timeout_ms,
    line: {
      baud: profile.baud,
      dataBits: profile.data_bits,
      stopBits: profile.stop_bits,
      parity: profile.parity,
    },
  };
}

/** Whether two profiles talk to a meter in the same way, under the same name. */
export function sameProfile(a: MeterProfile, b: MeterProfile): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
