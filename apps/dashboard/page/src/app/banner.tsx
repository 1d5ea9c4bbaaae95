import { useEffect, useRef } from 'preact/hooks';
import { useStore } from '../live/use-store.js';
import { announce } from './announcer.js';
import { momentText } from './time.js';
import { useTopic } from './use-topic.js';

/** What must be known whatever is looked at: that the server is lost, or has become another one. */
export function Banner() {
  const store = useStore();
  useTopic(store.connectionTopic);
  const { lostAt } = store.connection.link;
  const lost = lostAt !== null;
  const before = useRef(lost);
  useEffect(() => {
    if (before.current && !lost) announce('The connection to the server is back.');
    before.current = lost;
  }, [lost]);
  if (lostAt !== null) {
    const now = Date.now();
    return (
      <div class="banner bad" role="alert">
        <p>
          <strong>No connection to the server since {momentText(lostAt, now)}</strong> – what you
          see is old. Recording does not depend on this page. It comes back by itself.
          {store.refusal !== null && store.refusal.status !== 0 && ` ${store.refusal.message}`}
        </p>
        <button type="button" onClick={store.connection.hurry}>
          Try now
        </button>
      </div>
    );
  }
  if (store.version !== store.versionNow)
    return (
      <div class="banner" role="status">
        <p>
          The server is now version {store.versionNow}; this page was made by {store.version}.
        </p>
        <button type="button" onClick={() => location.reload()}>
          Load the new page
        </button>
      </div>
    );
  return null;
}
