import { decodeFrame, type SessionRecord } from '@elmetron/protocol/offline';

/** A meter that is no meter says so by its serial number; its readings never mix with real ones. */
export function isEmulatedSerial(serial: string): boolean {
  return serial.startsWith('EMU');
}

/** The record's own word, by its session's start or the serial number in a frame; undefined when it has none. */
export function saysEmulated(record: SessionRecord): boolean | undefined {
  if (record.type === 'session_start') return record.emulated;
  if (record.type !== 'measurement') return undefined;
  const frame = decodeFrame(Buffer.from(record.raw_frame_hex, 'hex'));
  return frame.ok ? isEmulatedSerial(frame.serial) : undefined;
}
