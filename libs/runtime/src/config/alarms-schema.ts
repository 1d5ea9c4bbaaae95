/** What `[alarms]` of app.toml may hold: the limits of each unit, and who is called when one is passed. */
import { z } from 'zod';

const amount = (allowed: string, accepts: (value: number) => boolean) =>
  z
    .number({ error: allowed })
    .refine((value) => Number.isFinite(value) && accepts(value), { error: allowed });

const limit = amount('a number, in the unit of its table', () => true);
const difference = amount('a number above 0, in the unit of its table', (value) => value > 0);
const SECONDS = 'seconds, from 0 to 86400';
const seconds = amount(SECONDS, (value) => value >= 0 && value <= 86_400);

/** The limits of one unit. `pH`: `{ low = 6.8, high = 7.2, hysteresis = 0.05 }`. */
export const unitLimitsSchema = z
  .strictObject(
    {
      /** Above it is an alarm. */
      high: limit.optional(),
      /** Below it is an alarm. */
      low: limit.optional(),
      /** More than this between highest and lowest value within `unstable_within_s` is an alarm. */
      unstable_spread: difference.optional(),
      unstable_within_s: amount(
        'seconds, from 1 to 3600',
        (value) => value >= 1 && value <= 3600,
      ).default(60),
      /** By so much a value has to come back before the alarm is over. */
      hysteresis: amount(
        'a number, 0 or more, in the unit of its table',
        (value) => value >= 0,
      ).default(0),
      /** For so long it has to be so, without a break, before an alarm begins or is over. */
      delay_s: seconds.default(5),
    },
    { error: 'a table' },
  )
  .superRefine((limits, context) => {
    const { low, high, unstable_spread: spread, hysteresis } = limits;
    const wrong = (key: keyof typeof limits, message: string): void => {
      context.addIssue({ code: 'custom', path: [key], message });
    };
    if (low !== undefined && high !== undefined && low >= high)
      wrong('high', `more than low (${low})`);
    else if (low !== undefined && high !== undefined && hysteresis >= high - low)
      wrong('hysteresis', 'less than what lies between low and high: no alarm would ever be over');
    if (spread !== undefined && spread > 0 && hysteresis >= spread)
      wrong('hysteresis', `less than unstable_spread (${spread}): no alarm would ever be over`);
    if (low === undefined && high === undefined && spread === undefined)
      context.addIssue({
        code: 'custom',
        message: 'a table with at least one of high, low and unstable_spread',
      });
  });

/** The keys of a unit's table. */
export const UNIT_LIMIT_KEYS = Object.keys(unitLimitsSchema.shape);

const COMMAND = 'a list of texts: a program and its arguments, such as ["/usr/local/bin/ring"]';
const URL_TEXT = 'a text that begins with "http://" or "https://" ("" = none)';

export const alarmsSchema = z
  .strictObject(
    {
      no_reading_s: amount(
        '0 (off), or seconds from 5 to 604800',
        (value) => value === 0 || (value >= 5 && value <= 604_800),
      ).default(0),
      units: z
        .record(z.string().trim().min(1), unitLimitsSchema, {
          error: 'a table with a table for each unit, such as [alarms.units.pH]',
        })
        .default({}),
      hook_command: z
        .array(z.string({ error: COMMAND }), { error: COMMAND })
        .refine(([program]) => program !== '', { error: COMMAND })
        .default([]),
      hook_url: z
        .string({ error: URL_TEXT })
        .refine((url) => url === '' || isHttp(url), { error: URL_TEXT })
        .default(''),
      hook_timeout_s: amount(
        'seconds, from 1 to 300',
        (value) => value >= 1 && value <= 300,
      ).default(10),
    },
    { error: 'a table' },
  )
  .superRefine(({ units, hook_command, hook_url }, context) => {
    if (hook_command.length > 0 && hook_url !== '')
      context.addIssue({
        code: 'custom',
        path: ['hook_url'],
        message: '"" while alarms.hook_command is given: one hook is called, which can call others',
      });
    const known = new Map<string, string>();
    for (const unit of Object.keys(units)) {
      const other = known.get(plainUnit(unit));
      if (other !== undefined)
        context.addIssue({
          code: 'custom',
          path: ['units', unit],
          message: `left out: it is the same unit as "${other}"`,
        });
      known.set(plainUnit(unit), unit);
    }
  });

/**
 * A unit in the form that readings have it in: people write µ as either of two characters and cannot see
 * which blanks do not break.
 */
export function plainUnit(unit: string): string {
  return unit.replaceAll('\u03bc', '\u00b5').replace(/\s+/g, ' ').trim();
}

function isHttp(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}

/** `[alarms]`, checked and with every default filled in. */
export type AlarmsConfig = z.output<typeof alarmsSchema>;
export type UnitLimits = AlarmsConfig['units'][string];
