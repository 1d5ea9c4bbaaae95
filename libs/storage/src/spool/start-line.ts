/**
 * A `session_start` line in the place of one that damage took. Without it nothing of the session
 * could be sent. It says what the records themselves say, and that it was made; should the store
 * have the true one, that one stays and this one is reported as a conflict.
 */
import { decodeFrame, encodeRecord, type SessionRecord } from '@elmetron/protocol/offline';

/** Serial numbers of emulated meters begin so; it decides which database the session goes to. */
const EMULATED = 'EMU';

/**
 * @param earliest the first record of the session that is left
 * @param frame the raw frame of a measurement of it, in hex, if there is one
 */
export function substituteStartLine(
  session: string,
  source: string,
  earliest: SessionRecord,
  frame: string | undefined,
): Buffer {
  const read = frame === undefined ? undefined : decodeFrame(Buffer.from(frame, 'hex'));
  const meter = read?.ok === true ? read : { model: 'unknown', serial: 'unknown' };
  return encodeRecord({
    v: 1,
    type: 'session_start',
    session,
    seq: 0,
    started_at: timeOf(earliest),
    source,
    profile: 'unknown',
    device: { model: meter.model, serial: meter.serial, port: 'unknown' },
    emulated: meter.serial.startsWith(EMULATED),
    metadata: { start_line: 'lost to damage in the spool; made anew from the records' },
  });
}

function timeOf(record: SessionRecord): string {
  switch (record.type) {
    case 'session_start':
      return record.started_at;
    case 'measurement':
      return record.captured_at;
    case 'session_end':
      return record.ended_at;
    case 'audit_event':
    case 'metadata_update':
      return record.at;
  }
}
