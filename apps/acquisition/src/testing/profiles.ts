import { POLL } from '@elmetron/protocol';
import type { MeterProfile } from '../meter/profile.js';

export function profile(changes: Partial<MeterProfile> = {}): MeterProfile {
  return {
    name: 'cx505',
    poll: POLL,
    intervalMs: 1000,
    readTimeoutMs: 300,
    line: { baud: 115_200, dataBits: 8, stopBits: 2, parity: 'even' },
    ...changes,
  };
}
