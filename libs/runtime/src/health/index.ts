export { Health, type HealthReason, type HealthStatus, type ReasonLevel } from './health.js';
export { HealthServer, type HealthServerOptions } from './health-server.js';
export type { Metric, MetricSample } from './metrics.js';
export { STATES, type State, type StateCode } from './states.js';
