export { Health, type HealthReason, type HealthStatus, type ReasonLevel } from './health.js';
export { HealthServer, type HealthServerOptions } from './health-server.js';
export { metricsOf, timestampSamples, type Metric, type MetricSample } from './metrics.js';
export { adviceFor, STATES, type State, type StateCode } from './states.js';
