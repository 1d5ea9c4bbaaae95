/** What is watched for, one rule for each limit of the configuration. */
import { plainUnit, type AlarmsConfig } from '@elmetron/runtime';

export type AlarmKind = 'high' | 'low' | 'unstable' | 'no_reading';

/** A limit on the values of one unit. */
export interface ValueRule {
  readonly kind: Exclude<AlarmKind, 'no_reading'>;
  /** As readings have it. */
  readonly unit: string;
  /** In `unit`: of the value, or of what lies between the highest and the lowest one within the window. */
  readonly limit: number;
  /** By so much it has to come back. */
  readonly hysteresis: number;
  /** For so long it has to be so, to begin and to end. */
  readonly delayMs: number;
  /** Of `unstable` only. */
  readonly windowMs: number;
}

export function valueRules({ units }: AlarmsConfig): ValueRule[] {
  return Object.entries(units).flatMap(([unit, limits]) => {
    const all = {
      unit: plainUnit(unit),
      hysteresis: limits.hysteresis,
      delayMs: limits.delay_s * 1000,
      windowMs: limits.unstable_within_s * 1000,
    };
    const { high, low, unstable_spread: spread } = limits;
    return [
      ...(high === undefined ? [] : [{ ...all, kind: 'high' as const, limit: high }]),
      ...(low === undefined ? [] : [{ ...all, kind: 'low' as const, limit: low }]),
      ...(spread === undefined ? [] : [{ ...all, kind: 'unstable' as const, limit: spread }]),
    ];
  });
}

export function sameRule(a: ValueRule, b: ValueRule): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
