export type { OptionDefinition, OptionDefinitions, OptionValues } from './command-line.js';
export { defineProcess, type ProcessContext, type ProcessDefinition } from './process-context.js';
export { runProcess } from './run-process.js';
