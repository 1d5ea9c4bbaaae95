/** Columns back to what a record holds; what they cannot be turned into is undefined, not an error. */
import { encodeRecord, ProtocolError, type SessionRecord } from '@elmetron/protocol/offline';

/** Undefined when it is no record that the store would take. */
export function asLine(record: SessionRecord): Buffer | undefined {
  try {
    return encodeRecord(record);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** UTC, ISO 8601 with ms. */
export function instant(ms: number | null | undefined): string | undefined {
  if (typeof ms !== 'number') return undefined;
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
