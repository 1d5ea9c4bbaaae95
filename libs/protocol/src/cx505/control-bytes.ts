/** The control bytes that delimit a frame (ASCII names). */
export const SOH = 0x01;
export const STX = 0x02;
export const ETX = 0x03;
export const LF = 0x0a;
export const CR = 0x0d;
export const ETB = 0x17;
export const RS = 0x1e;
