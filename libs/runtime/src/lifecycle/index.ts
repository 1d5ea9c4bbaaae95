export type { OptionDefinition, OptionDefinitions, OptionValues } from './command-line.js';
export type { ProcessContext, ProcessDefinition } from './process-context.js';
export { runProcess } from './run-process.js';
