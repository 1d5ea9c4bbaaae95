import type { Measurement } from '../measurement.js';
import { baseline } from './baseline.js';
import { endToEnd } from './end-to-end.js';
import { limits } from './limits.js';

/** In the order in which they run; those that take turns run in theirs. */
export const measurements: readonly Measurement[] = [endToEnd, baseline, limits];
