/**
 * The way to a meter: bytes in, bytes out, over a serial port or a serial server, and why it does not
 * open, in words that say what to do.
 *
 * ```
 *   linkTo("auto" | "emulator" | "/dev/ttyUSB0" | "COM3" | "tcp://host:port") ─▶ openSerialLink, openTcpLink
 * ```
 */
export { isMeterAdapter, type ListedPort } from './find-port.js';
export { LinkError, type LinkErrorCode } from './link-error.js';
export type { LineSettings, Link, LinkEvents, OpenLink } from './link.js';
export { listPorts } from './list-ports.js';
export { EMULATOR_PATH, linkTo } from './open-link.js';
export { portObstacle } from './port-obstacle.js';
export { afterListening, every, settlesWithin, systemTimers, type Timers } from './timers.js';
