import { decodeFrame, encodeFrame } from '@elmetron/protocol';
import { describe, expect, it } from 'vitest';
import { displayAt, UNITS } from './titration.js';

describe('titration', () => {
  it.each(UNITS)('of %s always fits the display and reads back', (unit) => {
    for (let second = 0; second < 6000; second += 7) {
      const { value, temperature } = displayAt(second, unit, 1);
      const deviceTime = '2025-01-01T00:00:00';
      const result = decodeFrame(
        encodeFrame({ serial: 'EMU00001', value, unit, temperature, deviceTime }),
      );
      expect(result).toMatchObject({ ok: true, unreadable: [], decoded: { unit } });
    }
  });

  it('is an S: flat, a steep jump, flat again', () => {
    const at = (second: number): number => Number(displayAt(second, 'pH', 1).value);
    expect(at(0)).toBeGreaterThan(2.5);
    expect(at(899)).toBeLessThan(11.5);
    const jump = at(570) - at(510);
    expect(jump).toBeGreaterThan(4);
    expect(at(300) - at(240)).toBeLessThan(jump / 10);
    expect(at(880) - at(820)).toBeLessThan(jump / 10);
    expect(at(900)).toBeLessThan(4);
  });

  it('depends on second, unit and seed alone', () => {
    expect(displayAt(77, 'pH', 3)).toEqual(displayAt(77, 'pH', 3));
    expect(displayAt(77, 'pH', 3)).not.toEqual(displayAt(77, 'pH', 4));
  });
});
