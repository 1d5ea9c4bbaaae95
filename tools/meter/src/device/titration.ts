/**
 * What the emulated electrode sees: a titration that runs over and over, so that a page full of
 * these readings looks like a laboratory's. A pure function of the second, the unit and the seed:
 * how often anyone polls changes nothing.
 */
import { Random } from '../random.js';

export const UNITS = ['mV rel', 'pH', 'µS/cm', '% O2'] as const;
export type Unit = (typeof UNITS)[number];

export interface Display {
  /** As on the display, with the decimals that the meter shows for this unit. */
  readonly value: string;
  /** °C, one decimal. */
  readonly temperature: string;
}

/** One titration, then the next sample. */
const CYCLE_S = 900;
/** The part of the titrant that is in at the equivalence point. */
const EQUIVALENCE = 0.6;

export function displayAt(second: number, unit: Unit, seed: number): Display {
  const flicker = new Random(seed + Math.imul(second, 0x9e3779b1));
  const noise = (amplitude: number): number => (flicker.next() + flicker.next() - 1) * amplitude;
  const added = (second % CYCLE_S) / CYCLE_S;
  const temperature =
    23.4 +
    1.2 * Math.sin((2 * Math.PI * second) / 5400) +
    0.3 * Math.sin((2 * Math.PI * second) / 700) +
    noise(0.04);
  return {
    value: valueText(unit, added, temperature, noise),
    temperature: temperature.toFixed(1),
  };
}

function valueText(
  unit: Unit,
  added: number,
  temperature: number,
  noise: (amplitude: number) => number,
): string {
  switch (unit) {
    case 'pH':
      return (acidity(added) + noise(0.004)).toFixed(3);
    case 'mV rel': {
      // Nernst: what the same electrode shows in millivolts.
      const slope = (59.16 * (temperature + 273.15)) / 298.15;
      return ((7 - acidity(added)) * slope + noise(0.3)).toFixed(1);
    }
    case 'µS/cm':
      return conductivityText(
        180 + 900 * Math.abs(added - EQUIVALENCE) + 4 * (temperature - 25) + noise(0.8),
      );
    case '% O2':
      return (94 - 88 * added + noise(0.3)).toFixed(1);
  }
}

/** The S-curve of an acid titrated with a base: buffered, a steep jump, buffered again. */
function acidity(added: number): number {
  return 2.9 + 1.8 * added + 6.3 / (1 + Math.exp(-60 * (added - EQUIVALENCE)));
}

/** Four digits, as a display has them. */
function conductivityText(value: number): string {
  return value.toFixed(value >= 1000 ? 0 : value >= 100 ? 1 : value >= 10 ? 2 : 3);
}
