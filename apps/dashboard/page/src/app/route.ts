/** Which view the address names: everything behind `#`. An address is made and read here only. */

export type Route =
  | { readonly view: 'live'; readonly source: string | null }
  | { readonly view: 'sessions'; readonly search: string; readonly emulated: boolean | null }
  | {
      readonly view: 'session';
      readonly session: string;
      /** What of the curve is shown, ms since 1970; null: all of it. */
      readonly shown: { readonly from: number; readonly to: number } | null;
    }
  | { readonly view: 'compare'; readonly sessions: readonly string[]; readonly unit: string | null }
  | { readonly view: 'system' }
  | { readonly view: 'unknown'; readonly path: string };

export const MOST_COMPARED = 8;

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#/, '').split(/\?(.*)/s);
  const parts = path.split('/').filter((part) => part !== '');
  const asked = new URLSearchParams(query);
  const [view = 'live', name] = parts;
  const unknown: Route = { view: 'unknown', path };
  if (parts.length > 2) return unknown;
  const decoded = name === undefined ? null : decode(name);
  switch (view) {
    case 'live':
      return { view, source: decoded };
    case 'sessions':
      return decoded === null
        ? { view, search: asked.get('search') ?? '', emulated: yesOrNo(asked.get('emulated')) }
        : { view: 'session', session: decoded, shown: span(asked.get('from'), asked.get('to')) };
    case 'compare': {
      const sessions = [...new Set((name ?? '').split(',').map(decode))].filter((s) => s !== '');
      return sessions.length < 1 || sessions.length > MOST_COMPARED
        ? unknown
        : { view, sessions, unit: asked.get('unit') };
    }
    case 'system':
      return decoded === null ? { view } : unknown;
    default:
      return unknown;
  }
}

/** What a link to the view points at. */
export function hrefOf(route: Exclude<Route, { view: 'unknown' }>): string {
  switch (route.view) {
    case 'live':
      return route.source === null ? '#/live' : `#/live/${encodeURIComponent(route.source)}`;
    case 'sessions':
      return withQuery('#/sessions', {
        search: route.search === '' ? null : route.search,
        emulated: route.emulated === null ? null : String(route.emulated),
      });
    case 'session':
      return withQuery(`#/sessions/${encodeURIComponent(route.session)}`, {
        from: route.shown === null ? null : String(Math.floor(route.shown.from)),
        to: route.shown === null ? null : String(Math.ceil(route.shown.to)),
      });
    case 'compare':
      return withQuery(`#/compare/${route.sessions.map(encodeURIComponent).join(',')}`, {
        unit: route.unit,
      });
    case 'system':
      return '#/system';
  }
}

/**
 * What a route is about, whichever part of it is shown: going to another part of the same thing is not going to
 * another view.
 */
export function placeOf(route: Route): string {
  if (route.view === 'session') return `session ${route.session}`;
  if (route.view === 'compare') return `compare ${route.sessions.join(',')}`;
  if (route.view === 'live') return `live ${route.source ?? ''}`;
  return route.view;
}

/** Both addresses are of the same place. */
export const isPartOf = (href: string, hash: string): boolean =>
  placeOf(parseRoute(href)) === placeOf(parseRoute(hash));

/** The views that everything is found from. */
export const HOMES = {
  live: hrefOf({ view: 'live', source: null }),
  sessions: hrefOf({ view: 'sessions', search: '', emulated: null }),
  system: hrefOf({ view: 'system' }),
} as const;

/** Of the whole session. */
export const sessionHref = (session: string): string =>
  hrefOf({ view: 'session', session, shown: null });

function withQuery(path: string, values: Readonly<Record<string, string | null>>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== null) query.set(key, value);
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function yesOrNo(text: string | null): boolean | null {
  return text === 'true' ? true : text === 'false' ? false : null;
}

function span(from: string | null, to: string | null): { from: number; to: number } | null {
  if (from === null || to === null) return null;
  const ends = { from: Number(from), to: Number(to) };
  return Number.isFinite(ends.from) && Number.isFinite(ends.to) && ends.from < ends.to
    ? ends
    : null;
}
