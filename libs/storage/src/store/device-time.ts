/**
 * The meter's own clock in a column. It has no zone: as seconds, as if it were in UTC, it takes 4 bytes
 * for the 19 of its text. A text that would not come back the same stays a text.
 */
import { CIVIL_TIME_LENGTH, civilSecondsAt } from '@elmetron/protocol/offline';

export function deviceTimeColumn(text: string | null): number | string | null {
  if (text?.length !== CIVIL_TIME_LENGTH) return text;
  const seconds = civilSecondsAt(Buffer.from(text), 0);
  return Number.isNaN(seconds) ? text : seconds;
}
