/**
 * What a profile of `config/protocols.toml` may hold. The predecessor's file has to work as it is,
 * so the ways in which people write these values are all understood, and read into one form.
 */
import { z } from 'zod';

const POLL = 'bytes as hexadecimal digits, such as "01 23 30 23 03"';
const PARITY = '"none", "even" or "odd" (also "mark", "space", or the first letter)';
const PARITIES: Readonly<Record<string, Parity>> = {
  n: 'none',
  e: 'even',
  o: 'odd',
  m: 'mark',
  s: 'space',
};
export type Parity = 'none' | 'even' | 'odd' | 'mark' | 'space';

/** A number, also when it was written in quotes. */
function numeric(allowed: string, accepts: (value: number) => boolean) {
  return z
    .union(
      [
        z.number(),
        z
          .string()
          .trim()
          .regex(/^\d+(?:\.\d+)?$/),
      ],
      { error: allowed },
    )
    .transform(Number)
    .refine(accepts, { error: allowed });
}

function oneOf<N extends number>(allowed: string, values: readonly N[]) {
  return numeric(allowed, (value) => (values as readonly number[]).includes(value)).transform(
    (value) => value as N,
  );
}

const pollHex = z
  .string({ error: POLL })
  .transform((written) => written.toLowerCase().replace(/0x|[\s,:-]/g, ''))
  .refine((hex) => /^(?:[0-9a-f]{2})+$/.test(hex), { error: POLL });

const parity = z
  .string({ error: PARITY })
  .transform((written) => written.trim().toLowerCase())
  .refine(
    (word) =>
      word.length === 1 ? word in PARITIES : Object.values<string>(PARITIES).includes(word),
    {
      error: PARITY,
    },
  )
  .transform((word): Parity => PARITIES[word.charAt(0)] ?? 'none');

/** The keys that are left out are those of a CX-505. Keys that are not known here are let through. */
export const profileSchema = z.object(
  {
    transport: z.string({ error: 'a text in quotes, such as "serial"' }).default('serial'),
    poll_hex: pollHex.default('012330233023302303'),
    poll_interval_s: numeric(
      'seconds, from 0.01 to 86400',
      (s) => s >= 0.01 && s <= 86_400,
    ).default(0.8),
    baud: numeric(
      'a whole number of bits per second, from 50 to 4000000',
      (baud) => Number.isInteger(baud) && baud >= 50 && baud <= 4_000_000,
    ).default(115_200),
    data_bits: oneOf('5, 6, 7 or 8', [5, 6, 7, 8] as const).default(8),
    stop_bits: oneOf('1, 1.5 or 2', [1, 1.5, 2] as const).default(2),
    parity: parity.default('even'),
    read_timeout_ms: numeric(
      'milliseconds, from 1 to 600000',
      (ms) => ms >= 1 && ms <= 600_000,
    ).default(500),
  },
  { error: 'a table' },
);

/** How one kind of meter is talked to; `poll_hex` in lower case without blanks. */
export type Profile = z.output<typeof profileSchema>;
/** The usable profiles of `protocols.toml` by their names. */
export type Profiles = Readonly<Record<string, Profile>>;
