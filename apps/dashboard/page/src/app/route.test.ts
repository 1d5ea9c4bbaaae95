import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hrefOf, isPartOf, parseRoute, type Route } from './route.js';

describe('route', () => {
  test('an empty address is the live view', () => {
    expect(parseRoute('')).toEqual({ view: 'live', source: null });
    expect(parseRoute('#/')).toEqual({ view: 'live', source: null });
  });

  test.each(['#/nowhere', '#/live/a/b', '#/compare', '#/system/x', '#/compare/1,2,3,4,5,6,7,8,9'])(
    '%s is no view',
    (hash) => {
      expect(parseRoute(hash).view).toBe('unknown');
    },
  );

  test('a range that is none is left out', () => {
    for (const query of ['from=5&to=5', 'from=9&to=5', 'from=a&to=5', 'from=1'])
      expect(parseRoute(`#/sessions/s-1?${query}`)).toEqual({
        view: 'session',
        session: 's-1',
        shown: null,
      });
  });

  test('a session is compared once', () => {
    expect(parseRoute('#/compare/a,b,a')).toMatchObject({ sessions: ['a', 'b'] });
  });

  test('another part of a session is the same place, another session or view is not', () => {
    expect(isPartOf('#/sessions/a?from=1&to=5', '#/sessions/a')).toBe(true);
    expect(isPartOf('#/sessions?search=x', '#/sessions')).toBe(true);
    expect(isPartOf('#/compare/a,b?unit=value%3ApH', '#/compare/a,b')).toBe(true);
    expect(isPartOf('#/sessions?search=x', '#/sessions/a')).toBe(false);
    expect(isPartOf('#/sessions/a', '#/sessions/b')).toBe(false);
    expect(isPartOf('#/sessions', '#/live')).toBe(false);
  });

  test('bad escapes do no harm', () => {
    expect(parseRoute('#/live/%E0%A4%A')).toEqual({ view: 'live', source: '%E0%A4%A' });
  });

  test('each address that is made is read back as what it was made of', () => {
    const name = fc.string({ minLength: 1, maxLength: 30 });
    const id = fc.stringMatching(/^[0-9A-Za-z][0-9A-Za-z:._+-]{0,30}$/);
    const routes = fc.oneof(
      fc.record({ view: fc.constant('live' as const), source: fc.option(name) }),
      fc.record({
        view: fc.constant('sessions' as const),
        search: fc.string({ maxLength: 30 }),
        emulated: fc.option(fc.boolean()),
      }),
      fc.record({
        view: fc.constant('session' as const),
        session: id,
        shown: fc.option(
          fc
            .tuple(fc.nat(1e12), fc.integer({ min: 1, max: 1e9 }))
            .map(([from, length]) => ({ from, to: from + length })),
        ),
      }),
      fc.record({
        view: fc.constant('compare' as const),
        sessions: fc.uniqueArray(id, { minLength: 1, maxLength: 8 }),
        unit: fc.option(name),
      }),
    );
    fc.assert(
      fc.property(routes, (route: Exclude<Route, { view: 'unknown' }>) => {
        expect(parseRoute(hrefOf(route))).toEqual(route);
      }),
    );
  });
});
