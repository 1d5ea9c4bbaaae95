/** Checks the states of one recording. */
import type { CheckPool } from './check/pool.js';
import type { CheckOptions } from './check/state.js';
import { OUTCOME_KINDS, type OutcomeKind } from './disk/outcomes.js';
import type { Recording } from './replay/recording.js';
import { figuresOf, noneByKind, statesOf, type Choice, type CutState } from './replay/states.js';
import type { Scenario } from './scenarios/index.js';

export interface Violation {
  readonly scenario: string;
  readonly cut: CutState;
  readonly sentences: readonly string[];
}

export interface Examined {
  readonly scenario: string;
  readonly moments: number;
  /** States that were checked, all of them different. */
  readonly states: Readonly<Record<OutcomeKind, number>>;
  readonly violations: readonly Violation[];
  readonly seconds: number;
  /** How many of the states also went through the command line. */
  readonly byCommand: number;
}

export interface ExamineOptions {
  readonly scenario: Scenario;
  readonly recording: Recording;
  readonly tree: string;
  readonly pool: CheckPool;
  /** About so many states, spread over moments and kinds; undefined: all. */
  readonly sample?: number;
  /** Ends at the first violation; kinds that show most come first. */
  readonly untilFirst?: boolean;
  /** Every so many-th state also by the command; 1: all of them only by it. */
  readonly commandEvery: number;
  readonly signal: AbortSignal;
  readonly progress: (checked: number) => void;
}

/** Those that lose most go first when one violation is enough. */
const TELLING: ReadonlySet<OutcomeKind> = new Set<OutcomeKind>([
  'only synced',
  'all pending',
  'wal lost',
  'database lost',
]);
const ALL: ReadonlySet<OutcomeKind> = new Set(OUTCOME_KINDS);

export async function examine(options: ExamineOptions): Promise<Examined> {
  const { scenario, recording, tree, pool, untilFirst = false } = options;
  const began = performance.now();
  const { moments, candidates } = figuresOf(recording, scenario);
  const { archive_days: archiveDays = 30 } = (scenario.config['storage'] ?? {}) as {
    archive_days?: number;
  };
  await pool.prepare({
    tree,
    checks: scenario.checks,
    archiveDays,
    damagedOnPurpose: scenario.damagedOnPurpose ?? false,
    capturesUnusable: scenario.capturesUnusable ?? false,
    lines: recording.account.all(),
  });
  const every = options.sample === undefined ? undefined : strides(candidates, options.sample);
  const work = new Work(options);
  if (untilFirst) {
    await work.check({ kinds: TELLING, owing: true });
    if (work.violations.length === 0) await work.check({ kinds: ALL, ...(every && { every }) });
  } else {
    await work.check({ kinds: ALL, ...(every && { every }) });
  }
  const { states, violations, byCommand } = work;
  const seconds = (performance.now() - began) / 1000;
  return { scenario: scenario.name, moments, states, violations, seconds, byCommand };
}

class Work {
  readonly states = noneByKind();
  readonly violations: Violation[] = [];
  byCommand = 0;
  readonly #options: ExamineOptions;
  #checked = 0;
  #given = 0;
  #failure: Error | undefined;

  constructor(options: ExamineOptions) {
    this.#options = options;
  }

  async check(choice: Choice): Promise<void> {
    const { scenario, recording, pool, progress } = this.#options;
    const running = new Set<Promise<void>>();
    for (const cut of statesOf(recording, scenario, choice)) {
      if (this.#isOver()) break;
      const { done } = await pool.submit(cut.state, this.#how());
      const judged = done.then(
        (sentences) => {
          progress(++this.#checked);
          this.states[cut.kind]++;
          if (sentences.length > 0)
            this.violations.push({ scenario: scenario.name, cut, sentences });
          running.delete(judged);
        },
        (error: unknown) => {
          this.#failure ??= error instanceof Error ? error : new Error(String(error));
        },
      );
      running.add(judged);
    }
    await Promise.all(running);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #isOver(): boolean {
    const { untilFirst = false, signal } = this.#options;
    return (
      signal.aborted || this.#failure !== undefined || (untilFirst && this.violations.length > 0)
    );
  }

  #how(): CheckOptions {
    const { commandEvery, scenario } = this.#options;
    if (scenario.checks === 'spool') return { how: 'inside' };
    const turn = this.#given++ % commandEvery === commandEvery >> 1;
    if (turn) this.byCommand++;
    return { how: !turn ? 'inside' : commandEvery === 1 ? 'command' : 'both' };
  }
}

/** An equal share of every kind, so that rare ones are looked at whole. */
function strides(
  candidates: Readonly<Record<OutcomeKind, number>>,
  sample: number,
): Record<OutcomeKind, number> {
  const strides = noneByKind();
  const there = OUTCOME_KINDS.filter((kind) => candidates[kind] > 0);
  for (const kind of there) {
    strides[kind] = Math.max(1, Math.ceil((candidates[kind] * there.length) / sample));
  }
  return strides;
}
