import type { Measurement } from '../measurement.js';

/** In the order in which they run; those that take turns run in theirs. */
export const measurements: readonly Measurement[] = [];
