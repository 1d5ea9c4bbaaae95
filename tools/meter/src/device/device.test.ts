import { decodeFrame } from '@elmetron/protocol';
import { describe, expect, it } from 'vitest';
import { OwnedTime } from '../testing/owned-time.js';
import { Device } from './device.js';

const read = (device: Device) => {
  const result = decodeFrame(device.frame());
  if (!result.ok) throw new Error(result.reason);
  return result;
};
const make = (startedAt?: string, numbered = false) => {
  const time = new OwnedTime(startedAt);
  return { time, device: new Device({ serial: 'EMU00001', unit: 'pH', seed: 1, time, numbered }) };
};

describe('device', () => {
  it('measures once a second of its own clock, however often it is asked', () => {
    const { time, device } = make('2025-09-26T11:24:00.400Z');
    const times = new Set<string | null>();
    const frames = new Set<string>();
    for (let i = 0; i < 100; i += 1) {
      frames.add(device.frame().toString('hex'));
      times.add(read(device).decoded.device_time);
      time.advance(50);
    }
    expect(times.size).toBe(6);
    expect(frames.size).toBe(6);
    expect([...times].sort()).toEqual([...times]);
  });

  it('shows local time, and goes on evenly over a change to summer time', () => {
    const { time, device } = make('2025-03-30T00:59:59.000Z');
    const shown = (): number => Date.parse(`${read(device).decoded.device_time ?? ''}Z`);
    const before = shown();
    time.advance(2000);
    expect(shown() - before).toBe(2000);
  });

  it('numbers its frames on demand, and counts from 0 again when the digits are used up', () => {
    const { device } = make('2025-09-26T11:24:00.400Z', true);
    const next = () => read(device).decoded.record_number;
    expect([next(), next(), next()]).toEqual([1, 2, 3]);
    for (let n = 4; n < 99_999; n += 1) device.frame();
    expect([next(), next()]).toEqual([99_999, 0]);
    expect(read(make().device).decoded.record_number).toBe(0);
  });

  it('stands at a value while it is told to, and then measures on', () => {
    const { time, device } = make();
    device.held = '9.90';
    time.advance(5000);
    expect(read(device).decoded.value).toBe(9.9);
    device.held = undefined;
    const { decoded } = read(device);
    expect(decoded.value).not.toBe(9.9);
    expect(decoded.value).toBeGreaterThan(0);
  });

  it('becomes another meter, and measures something else', () => {
    const { device } = make();
    expect(read(device)).toMatchObject({ serial: 'EMU00001', decoded: { unit: 'pH' } });
    device.serial = 'EMU00002';
    device.unit = 'mV rel';
    expect(read(device)).toMatchObject({ serial: 'EMU00002', decoded: { unit: 'mV rel' } });
  });
});
