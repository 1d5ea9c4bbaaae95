/**
 * The emulated meter as a library. Most will want the process instead (`main.ts`): it can be killed.
 */
export { parseCommand, type Command } from './control/command.js';
export { AFTERWARDS, type Afterwards } from './device/recording.js';
export { UNITS, type Unit } from './device/titration.js';
export type { CutCause } from './line/account.js';
export type { Behaviour } from './line/behaviour.js';
export { MeterError, type MeterErrorCode } from './meter-error.js';
export { Meter, type MeterEvent, type MeterOptions } from './meter.js';
export type { TcpAddress } from './port/tcp-port.js';
export { Random } from './random.js';
export { realTime, type Time } from './time.js';
