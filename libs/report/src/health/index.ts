export { askHealth, type Answer, type HealthPage } from './health-page.js';
export { figuresOf, stateOf, type Figures, type ProcessState } from './process-state.js';
