export * from './ecosystem.js';
export { Guard } from './guard.js';
export * from './managed-processes.js';
export * from './proc.js';
export { ProcessManager, type ProcessManagerOptions } from './process-manager.js';
