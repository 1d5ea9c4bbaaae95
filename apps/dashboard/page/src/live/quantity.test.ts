import { expect, test } from 'vitest';
import { chosen, type Quantity } from './quantity.js';

const pH: Quantity = { kind: 'value', unit: 'pH' };
const mV: Quantity = { kind: 'value', unit: 'mV' };
const temperature: Quantity = { kind: 'temperature', unit: '°C' };
const usual = { first: 'now', second: 'temperature' };

test('by itself the unit of the moment and the temperature are shown', () => {
  expect(chosen(usual, [pH, mV, temperature], 'pH')).toEqual({ first: pH, second: temperature });
  expect(chosen(usual, [pH, mV], 'mV')).toEqual({ first: mV, second: null });
  expect(chosen(usual, [], null)).toEqual({ first: null, second: null });
});

test('what was chosen and is not there any more gives way to the unit of the moment', () => {
  expect(chosen({ first: 'value:mg/l', second: 'value:mV' }, [pH, mV], 'pH')).toEqual({
    first: pH,
    second: mV,
  });
});

test('a quantity is not shown twice', () => {
  expect(chosen({ first: 'value:mV', second: 'value:mV' }, [pH, mV], 'pH').second).toBeNull();
});
