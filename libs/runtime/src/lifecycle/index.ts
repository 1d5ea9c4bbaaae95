export type { OptionDefinition, OptionDefinitions, OptionValues } from './command-line.js';
export { runProcess, type ProcessContext, type ProcessDefinition } from './run-process.js';
