/**
 * The predecessor wrote its times in several ways: with `Z`, with an offset, with none, with
 * microseconds, with a blank instead of the `T`. Records of version 1 know one way only: UTC with
 * three decimals. A time without a zone is taken as UTC, which is what the predecessor's clock
 * calls gave; digits beyond the millisecond are cut off, not rounded, so that no reading moves
 * ahead of itself and the same text always gives the same instant.
 */
const WRITTEN =
  /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)? ?(Z|z|[+-]\d\d(?::?\d\d)?)?$/;

/** `2025-09-26T13:24:00.123Z`, or undefined when the text is no instant of any calendar. */
export function toUtcInstant(text: string): string | undefined {
  const [, day, minute, second = '00', fraction = '', zone = 'Z'] = WRITTEN.exec(text.trim()) ?? [];
  if (day === undefined || minute === undefined) return undefined;
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const local = `${day}T${minute}:${second}.${milliseconds}`;
  const wall = new Date(`${local}Z`);
  // 31 February does not fail to parse, it rolls over into March.
  if (Number.isNaN(wall.getTime()) || wall.toISOString() !== `${local}Z`) return undefined;
  const instant = new Date(wall.getTime() - offsetMs(zone));
  // Year 0 minus an hour has a sign and six digits, which no instant of a record has.
  return /^\d{4}-/.test(instant.toISOString()) ? instant.toISOString() : undefined;
}

/** `+02:00`, `+0200` and `+02` as milliseconds east of UTC. */
function offsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
