import { encodeFrame } from '@elmetron/protocol';

/** A frame of a meter that is none of anybody's. */
export function frame(
  fields: { serial?: string; value?: string; unit?: string; second?: number } = {},
): Buffer {
  const { serial = 'T/0001', value = '7.01', unit = 'pH', second = 0 } = fields;
  return encodeFrame({
    serial,
    value,
    unit,
    temperature: '21.5',
    deviceTime: `2026-01-01T12:00:${String(second).padStart(2, '0')}`,
  });
}
