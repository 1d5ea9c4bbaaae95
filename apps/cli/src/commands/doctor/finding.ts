/** What one look of the doctor comes to. */
export type Area =
  | 'configuration'
  | 'device'
  | 'processes'
  | 'process manager'
  | 'endpoints'
  | 'page'
  | 'disks'
  | 'leftovers'
  | 'clock'
  | 'versions';

export interface Finding {
  readonly area: Area;
  /** For programs; stays as it is. */
  readonly code: string;
  /** `wrong`: to be put right, and the exit code is 1. `note`: good to know, perhaps as it should be. */
  readonly level: 'ok' | 'note' | 'wrong';
  readonly message: string;
  /** What to do; null where there is nothing to do. */
  readonly advice: string | null;
}

export interface Findings {
  ok(message: string): void;
  note(code: string, message: string, advice?: string): void;
  wrong(code: string, message: string, advice: string): void;
  readonly all: readonly Finding[];
}

/** Gathers the findings of one area. */
export function findingsOf(area: Area): Findings {
  const all: Finding[] = [];
  return {
    all,
    ok: (message) => all.push({ area, code: 'ok', level: 'ok', message, advice: null }),
    note: (code, message, advice) =>
      all.push({ area, code, level: 'note', message, advice: advice ?? null }),
    wrong: (code, message, advice) => all.push({ area, code, level: 'wrong', message, advice }),
  };
}
