/** Options by which Node writes a CPU profile of the process, when profiles are asked for. */
import type { MeasurementContext } from './measurement.js';

export function profiled({ cpuProf }: Pick<MeasurementContext, 'cpuProf'>): string[] {
  return cpuProf === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProf}`];
}
