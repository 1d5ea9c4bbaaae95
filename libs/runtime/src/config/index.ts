export { plainUnit, type AlarmsConfig, type UnitLimits } from './alarms-schema.js';
export type { AppConfig, LogLevel } from './app-schema.js';
export { isLoopback } from './dashboard-schema.js';
export type { Parity, Profile, Profiles } from './profile-schema.js';
export { pageUrl, reachedAt } from './page-url.js';
export { loadConfig, type Config } from './load-config.js';
