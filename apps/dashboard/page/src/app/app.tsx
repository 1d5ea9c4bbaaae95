import { useEffect, useRef, useState } from 'preact/hooks';
import { tokenNeeded } from '../api/client.js';
import { CompareView } from '../compare/compare-view.js';
import { LiveView } from '../live/live-view.js';
import type { LiveStore } from '../live/live-store.js';
import { StoreContext } from '../live/use-store.js';
import { SessionView } from '../session/session-view.js';
import { SessionsView } from '../sessions/sessions-view.js';
import { SystemView } from '../system/system-view.js';
import { Announcer } from './announcer.js';
import { Banner } from './banner.js';
import { ErrorBoundary } from './error-boundary.js';
import { Header } from './header.js';
import { Mistakes } from './mistakes.js';
import { HOMES, MOST_COMPARED, placeOf, type Route } from './route.js';
import { TokenForm } from './token-form.js';
import { useVisit } from './use-route.js';
import { useTitle } from './use-title.js';

export function App({ store }: { store: LiveStore }) {
  const { route, number } = useVisit();
  const [locked, setLocked] = useState(false);
  const main = useRef<HTMLElement>(null);
  const place = placeOf(route);
  const [shown, setShown] = useState(place);
  useEffect(() => tokenNeeded.subscribe(() => setLocked(true)), []);
  useEffect(() => {
    if (place === shown) return;
    setShown(place);
    // A new view begins at its top, also for who listens.
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [place, shown]);

  return (
    <StoreContext.Provider value={store}>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        To the content
      </a>
      <Header route={route} />
      {!locked && <Banner />}
      <Mistakes />
      <main id="main" tabIndex={-1} ref={main}>
        <ErrorBoundary view={place}>
          {locked ? (
            <TokenForm
              entered={() => {
                setLocked(false);
                store.connection.hurry();
              }}
            />
          ) : (
            <View key={number} route={route} />
          )}
        </ErrorBoundary>
      </main>
      <Announcer />
    </StoreContext.Provider>
  );
}

function View({ route }: { route: Route }) {
  switch (route.view) {
    case 'live':
      return <LiveView source={route.source} />;
    case 'sessions':
      return <SessionsView search={route.search} emulated={route.emulated} />;
    case 'session':
      return <SessionView session={route.session} shown={route.shown} />;
    case 'compare':
      return <CompareView sessions={route.sessions} unit={route.unit} />;
    case 'system':
      return <SystemView />;
    case 'unknown':
      return <Unknown path={route.path} />;
  }
}

function Unknown({ path }: { path: string }) {
  useTitle('No such page – Elmetron');
  return (
    <div class="panel">
      <h1>There is no such page</h1>
      <p>
        <span class="mono">{path}</span> leads nowhere. Sessions to compare are 1 to {MOST_COMPARED}
        .
      </p>
      <p>
        <a href={HOMES.live}>To the live view</a>
      </p>
    </div>
  );
}
