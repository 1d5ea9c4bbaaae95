/** The lines of a batch's body, without newlines. */
export function linesOf(body: Buffer): string[] {
  return body.toString().split('\n').slice(0, -1);
}
