/** What the host sends; the meter answers each poll with one frame and says nothing unasked. */
export const POLL: Buffer = Buffer.from('012330233023302303', 'hex');
