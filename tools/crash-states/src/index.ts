export { CrashStatesError, type CrashStatesErrorCode } from './crash-states-error.js';
export { OUTCOME_KINDS, type OutcomeKind } from './disk/outcomes.js';
export { scenarios, type Scenario } from './scenarios/index.js';
export { requireStrace } from './trace/strace.js';
