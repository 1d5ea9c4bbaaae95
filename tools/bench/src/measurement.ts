/**
 * What a measurement is to the bench: it has a name, does a fixed amount of work with real processes, and
 * gives figures. What the figures mean together (ratios, targets) is decided elsewhere.
 */

/** One thing that was measured, as often as it was. */
export interface Figure {
  /** snake_case, unique within its measurement. */
  readonly name: string;
  /** What a person reads. */
  readonly title: string;
  /** 'records/s', 'ms', 'MB', 'B/reading', 's', '%', … */
  readonly unit: string;
  /** One value a run, in order; the median is what is shown. Empty: it could not be measured, `title` says why. */
  readonly runs: readonly number[];
}

export interface MeasurementContext {
  /** Less work, so that the whole bench is done within two minutes. */
  readonly quick: boolean;
  /** Repetitions. */
  readonly runs: number;
  /** A directory of its own on a real disk, empty; removed by the caller. */
  readonly dir: string;
  readonly progress: (done: number, total: number, what: string) => void;
  /** Ctrl-C: end all processes, and reject. */
  readonly signal: AbortSignal;
  /** Records of the fixed work, instead of what `quick` says. */
  readonly records?: number;
  /** A directory for CPU profiles of the processes measured. */
  readonly cpuProf?: string;
}

export interface Measurement {
  /** kebab-case: 'end-to-end', 'fleet', … */
  readonly name: string;
  readonly title: string;
  /** Compared with others: called once a run, in turns with them, `context.runs` being 1 each time. */
  readonly takesTurns?: boolean;
  /** So many repetitions at most, however many are asked for: the work is long. */
  readonly mostRuns?: number;
  /** Why a quick bench leaves it out, unless it is asked for by its name. */
  readonly notQuick?: string;
  measure(context: MeasurementContext): Promise<readonly Figure[]>;
}
