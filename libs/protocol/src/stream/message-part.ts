/**
 * What is given to ZeroMQ for one part of a message. zeromq.js copies a text, and a Buffer of up to 128 bytes; a longer
 * Buffer it remembers, and wakes this thread for it once more when the other one has sent it. That costs many times
 * the copy of a line.
 */
import { isUtf8 } from 'node:buffer';

/** A Buffer up to here is copied by zeromq.js. */
const COPIED_BYTES = 128;
/** About eight lines; to copy more costs about as much as to be woken. */
const WORTH_A_COPY_BYTES = 4096;

/** The same bytes, in the form that costs least. */
export function messagePart(bytes: Buffer): Buffer | string {
  if (bytes.length <= COPIED_BYTES || bytes.length > WORTH_A_COPY_BYTES) return bytes;
  // Bytes that are no text would become others.
  return isUtf8(bytes) ? bytes.toString() : bytes;
}
