/** Where this computer itself reaches what listens at `host`. */
export function reachedAt(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
}

/** What is typed into a browser of this computer. */
export function pageUrl(host: string, port: number): string {
  const here = reachedAt(host);
  return `http://${here.includes(':') ? `[${here}]` : here}:${port}/`;
}
