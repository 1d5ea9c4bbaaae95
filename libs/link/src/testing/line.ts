import type { LineSettings } from '../link.js';

/** Those of the CX-505. */
export const LINE: LineSettings = { baud: 115_200, dataBits: 8, stopBits: 2, parity: 'even' };
