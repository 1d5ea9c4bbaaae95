/** Readings of a titration, one a second, that look like a laboratory's: the same for the same seed. */
import type { OddReading } from '../../load/store-session.js';

/** What the electrode shows at a pH, and with how many decimals. */
const SHOWN = {
  pH: { of: (acidity: number) => acidity, decimals: 3 },
  'mV rel': { of: (acidity: number) => (7 - acidity) * 59.16, decimals: 1 },
  'µS/cm': { of: (acidity: number) => 180 + 40 * Math.abs(acidity - 7), decimals: 1 },
} as const;

export type Shown = keyof typeof SHOWN;

/** By number, from 1 on. */
export function titration(
  measurements: number,
  seed: number,
  unit: Shown = 'pH',
): Record<number, OddReading> {
  const { of, decimals } = SHOWN[unit];
  const readings: Record<number, OddReading> = {};
  for (let seq = 1; seq <= measurements; seq++) {
    const added = seq / measurements;
    const jump = Math.tanh((added - 0.55 - seed * 0.02) * 28);
    const acidity = 6.9 + 0.12 * seed + 2.9 * jump + 1.2 * (added - 0.5);
    const warmth = 23.4 + 0.6 * Math.sin((seq + 900 * seed) / 700);
    readings[seq] = {
      value: rounded(of(acidity + flicker(seq + seed * 7919)), decimals),
      unit,
      temperature: rounded(warmth + flicker(seq) * 2, 1),
    };
  }
  return readings;
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}

function flicker(n: number): number {
  const x = Math.sin(n * 12.9898) * 43_758.5453;
  return (x - Math.floor(x) - 0.5) * 0.02;
}
