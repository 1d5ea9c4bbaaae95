import type { Measurement } from '../measurement.js';
import { bare } from './bare.js';
import { baseline } from './baseline.js';
import { bufferingCost } from './buffering-cost.js';
import { databaseSize } from './database-size.js';
import { disk } from './disk.js';
import { endToEnd } from './end-to-end.js';
import { fleet } from './fleet.js';
import { latency } from './latency.js';
import { limits } from './limits.js';
import { memory } from './memory.js';
import { meterCost } from './meter-cost.js';
import { outage } from './outage.js';
import { recovery } from './recovery.js';
import { startUp } from './start-up.js';

/** In the order in which they run; those that take turns run in theirs. */
export const measurements: readonly Measurement[] = [
  endToEnd,
  baseline,
  limits,
  recovery,
  latency,
  fleet,
  meterCost,
  bare,
  outage,
  bufferingCost,
  disk,
  databaseSize,
  memory,
  startUp,
];
