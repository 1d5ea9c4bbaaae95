/**
 * The two headers that pass for every batch, read in the form in which our own ends write them: one expression takes
 * a tenth of the time that parsing and the schema take. Everything else, and every doubt, goes the long way; tests
 * hold the two against each other.
 */
import { SESSION_ID_PATTERN } from '../records/types.js';
import type { Acknowledgement, BatchHeader } from './messages.js';

/** Below 2^32, so that a number that long is looked at the long way. */
const NUMBER = '(0|[1-9]\\d{0,8})';
const POSITION = '(-1|0|[1-9]\\d{0,8})';
/** Up to the largest window. */
const COUNT = '([1-9]\\d{0,5})';
const ACK = new RegExp(
  `^\\{"v":1,"type":"ack","session":"(${SESSION_ID_PATTERN})","seq":${NUMBER}\\}$`,
);
const BATCH = new RegExp(
  `^\\{"v":1,"type":"batch","session":"(${SESSION_ID_PATTERN})","prev":${POSITION},"first":${NUMBER}` +
    `,"count":${COUNT},"released":${POSITION}\\}$`,
);
/** Beyond that a header cannot be one of these. */
const LONGEST = 300;

export function readAck(header: Buffer): Acknowledgement | undefined {
  const match = matched(ACK, header);
  return match && { v: 1, type: 'ack', session: match[1] ?? '', seq: Number(match[2]) };
}

export function readBatch(header: Buffer): BatchHeader | undefined {
  const match = matched(BATCH, header);
  return (
    match && {
      v: 1,
      type: 'batch',
      session: match[1] ?? '',
      prev: Number(match[2]),
      first: Number(match[3]),
      count: Number(match[4]),
      released: Number(match[5]),
    }
  );
}

/** Nothing beyond ASCII matches, so that a character for each byte will do. */
function matched(form: RegExp, header: Buffer): RegExpExecArray | undefined {
  if (header.length > LONGEST) return undefined;
  return form.exec(header.toString('latin1')) ?? undefined;
}
