/**
 * Whether readings are of a real meter. Not to know is not to be real: what may be emulated is marked as well, since
 * nobody must take it for a measurement.
 */
export type Origin = 'real' | 'emulated' | 'unknown';

/** Across curves, in titles; null: nothing is to be said. */
export const MARK_OF: Readonly<Record<Origin, string | null>> = {
  real: null,
  emulated: 'EMULATED',
  unknown: 'MAY BE EMULATED',
};

/** What stands beside the mark. */
export const WHY_MARKED: Readonly<Record<Origin, string>> = {
  real: '',
  emulated: 'not a real meter',
  unknown: 'not known whether this is a real meter',
};

/** Behind a name, for who listens. */
export const SPOKEN_OF: Readonly<Record<Origin, string>> = {
  real: '',
  emulated: ', emulated',
  unknown: ', may be emulated',
};

/** In a title: ` · EMULATED` or nothing. */
export const titleMark = (origin: Origin): string =>
  MARK_OF[origin] === null ? '' : ` · ${MARK_OF[origin]}`;

export const originOf = (emulated: boolean): Origin => (emulated ? 'emulated' : 'real');

/** Of several together: one that is emulated makes the whole so. */
export const worstOrigin = (origins: readonly Origin[]): Origin =>
  origins.includes('emulated') ? 'emulated' : origins.includes('unknown') ? 'unknown' : 'real';
