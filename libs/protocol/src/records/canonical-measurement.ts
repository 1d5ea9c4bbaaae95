/**
 * Reads a measurement in the one form in which `encodeRecord` writes it: these keys in this order, no
 * space, no escape in a text. Nearly every line of a session is one, and this takes a third of the time
 * of a JSON parser and a schema check, which remain the measure: what this reads, they read the same,
 * and what it does not know is theirs to judge.
 */
import { MAX_SEQ, RECORD_VERSION, SESSION_ID_PATTERN, type Measurement } from './types.js';

/** The parts of a line that was recognised. */
export type CanonicalMeasurement = RegExpExecArray;

// The text is read as Latin-1, a character for each byte. Beyond ASCII only what UTF-8 writes as C2 and a
// second byte (°, µ, ² and the like, U+00A0 to U+00BF): there the second byte is the character.
const TEXT = '((?:[ !#-\\[\\]-~]|\\xc2[\\xa0-\\xbf])*)';
/** Numbers whose reading cannot overflow. */
const NUMBER = '(null|-?(?:0|[1-9]\\d{0,20})(?:\\.\\d{1,20})?(?:[eE][+-]?\\d{1,2})?)';
const WHOLE = '(?:0|[1-9]\\d{0,14})';
/** 29 February is left to the calendar of the schema check. */
const DAY =
  '(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))';
const INSTANT = `(\\d{4}-${DAY}T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z)`;

const LINE = new RegExp(
  `^\\{"v":${RECORD_VERSION},"type":"measurement","session":"(${SESSION_ID_PATTERN})","seq":(${WHOLE})` +
    `,"captured_at":"${INSTANT}","elapsed_ms":(${WHOLE}),"raw_frame_hex":"([0-9a-f]+)"` +
    `,"decoded":\\{"value":${NUMBER},"unit":"${TEXT}","temperature":${NUMBER},"temperature_unit":"${TEXT}"` +
    `,"device_time":(null|"${TEXT}"),"record_number":(null|-?${WHOLE})` +
    `,"status":"${TEXT}","range":"${TEXT}","mode":"${TEXT}"\\},"crc":"[0-9a-f]{8}"\\}$`,
);

/** @param text the whole line, each byte as the Latin-1 character of that number; its checksum is not looked at. */
export function matchMeasurement(text: string): CanonicalMeasurement | undefined {
  const match = LINE.exec(text);
  if (match === null || seqOf(match) > MAX_SEQ || part(match, 5).length % 2 !== 0) return undefined;
  return match;
}

export function sessionOf(match: CanonicalMeasurement): string {
  return part(match, 1);
}

export function seqOf(match: CanonicalMeasurement): number {
  return Number(part(match, 2));
}

export function measurementOf(match: CanonicalMeasurement): Measurement {
  return {
    v: RECORD_VERSION,
    type: 'measurement',
    session: sessionOf(match),
    seq: seqOf(match),
    captured_at: part(match, 3),
    elapsed_ms: Number(part(match, 4)),
    raw_frame_hex: part(match, 5),
    decoded: {
      value: numberOf(part(match, 6)),
      unit: textOf(part(match, 7)),
      temperature: numberOf(part(match, 8)),
      temperature_unit: textOf(part(match, 9)),
      device_time: match[11] === undefined ? null : textOf(match[11]),
      record_number: numberOf(part(match, 12)),
      status: textOf(part(match, 13)),
      range: textOf(part(match, 14)),
      mode: textOf(part(match, 15)),
    },
  };
}

function part(match: CanonicalMeasurement, group: number): string {
  return match[group] ?? '';
}

function numberOf(text: string): number | null {
  return text === 'null' ? null : Number(text);
}

function textOf(latin1: string): string {
  return latin1.includes('\xc2') ? latin1.replaceAll('\xc2', '') : latin1;
}
