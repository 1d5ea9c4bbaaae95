/** Small choices that outlive the page, in the browser. Where it keeps nothing, they last as long as the page. */
const PREFIX = 'elmetron.';
const here = new Map<string, string>();

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name) ?? here.get(name) ?? null;
  } catch {
    return here.get(name) ?? null;
  }
}

export function remember(name: string, value: string): void {
  here.set(name, value);
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // Private windows and full stores refuse; it is kept for this page then.
  }
}
