/** A meter that is no meter says so by its serial number; its readings never mix with real ones. */
export function isEmulatedSerial(serial: string): boolean {
  return serial.startsWith('EMU');
}
