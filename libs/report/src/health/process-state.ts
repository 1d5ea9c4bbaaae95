/** What an answer of a health page, or the lack of one, says of the process. */
import type { ReasonLevel } from '@elmetron/runtime';
import type { Answer } from './health-page.js';

export interface ProcessState {
  /** 0: its page is switched off. */
  readonly port: number;
  readonly status: 'ok' | 'degraded' | 'critical' | 'off' | 'not running' | 'unknown';
  readonly reasons: readonly {
    readonly code: string;
    readonly level: ReasonLevel;
    readonly message: string;
  }[];
}

/** What a health page says beside status and reasons, name by name; from outside, so anything may stand there. */
export type Figures = Readonly<Record<string, unknown>>;

/** @param port where `answer` came from, or did not */
export function stateOf(port: number, answer: Answer): ProcessState {
  switch (answer.state) {
    case 'answers':
      return { port, status: answer.page.status, reasons: answer.page.reasons };
    case 'off':
      return { port, status: 'off', reasons: [] };
    case 'silent':
    case 'foreign': {
      const status = answer.why === 'does not run' ? 'not running' : 'unknown';
      const reasons =
        status === 'unknown'
          ? [{ code: 'no_answer', level: 'critical', message: answer.why } as const]
          : [];
      return { port, status, reasons };
    }
  }
}

/** None when no page of ours has answered. */
export function figuresOf(answer: Answer): Figures {
  if (answer.state !== 'answers') return {};
  return Object.fromEntries(
    Object.entries(answer.page).filter(([name]) => name !== 'status' && name !== 'reasons'),
  );
}
