import type { LoggedSession } from '@elmetron/storage';

const ENDINGS: Readonly<Record<string, string>> = {
  stopped: 'ended',
  profile_switch: 'ended: profile switched',
  instrument_changed: 'ended: another meter',
  crashed: 'closed after a crash',
};

/** How a session ended, in words; `open` while it goes on. */
export function stateOf({ end_reason }: LoggedSession): string {
  if (end_reason === null) return 'open';
  return ENDINGS[end_reason] ?? end_reason;
}
