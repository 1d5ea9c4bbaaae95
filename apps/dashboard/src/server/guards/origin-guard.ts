/**
 * Whether a request comes from our own page, from no page at all (a program, an address typed in), or from a page of
 * somebody else, which has no business here.
 */
export interface OriginRequest {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** What a browser says of where the request came from (Fetch Metadata). */
  readonly fetchSite: string | undefined;
  /** To the API; a link from elsewhere may well lead to the page itself. */
  readonly toApi: boolean;
}

export function isOwnOrigin({ host, origin, fetchSite, toApi }: OriginRequest): boolean {
  if (origin !== undefined && hostOf(origin) !== host?.toLowerCase()) return false;
  return !toApi || fetchSite === undefined || fetchSite === 'same-origin' || fetchSite === 'none';
}

/** undefined: there is none, as in "null". */
function hostOf(origin: string): string | undefined {
  try {
    const { host, protocol } = new URL(origin);
    return protocol === 'http:' || protocol === 'https:' ? host : undefined;
  } catch {
    return undefined;
  }
}
