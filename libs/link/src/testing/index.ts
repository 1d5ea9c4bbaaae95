/** For the tests of whoever uses links: a port with a far end, and a time that stands still. */
export { OwnedTime, settle } from './owned-time.js';
export { Pty } from './pty.js';
