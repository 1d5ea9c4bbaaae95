/** A measurement as a record, from the columns of its line. */
import { NUMBER, PLACE, type Row } from './line-table.js';
import { RECORD_VERSION, type Measurement } from './types.js';

/** @param latin1 the line, each byte as the Latin-1 character of that number: one text to cut all others from */
export function measurementOf(latin1: string, row: Row): Measurement {
  const text = (which: number): string =>
    textOf(latin1.slice(row.places[row.place + which], row.places[row.place + which + 1]));
  const number = (which: number): number => row.numbers[row.number + which] ?? NaN;
  const orNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
  return {
    v: RECORD_VERSION,
    type: 'measurement',
    session: text(PLACE.session),
    seq: number(NUMBER.seq),
    captured_at: text(PLACE.capturedAt),
    elapsed_ms: number(NUMBER.elapsedMs),
    raw_frame_hex: text(PLACE.frame),
    decoded: {
      value: orNull(number(NUMBER.value)),
      unit: text(PLACE.unit),
      temperature: orNull(number(NUMBER.temperature)),
      temperature_unit: text(PLACE.temperatureUnit),
      device_time: row.places[row.place + PLACE.deviceTime] === 0 ? null : text(PLACE.deviceTime),
      record_number: orNull(number(NUMBER.recordNumber)),
      status: text(PLACE.status),
      range: text(PLACE.range),
      mode: text(PLACE.mode),
    },
  };
}

/** Beyond ASCII there is only what UTF-8 writes as C2 and a second byte, which is the character. */
function textOf(latin1: string): string {
  return latin1.includes('\xc2') ? latin1.replaceAll('\xc2', '') : latin1;
}
