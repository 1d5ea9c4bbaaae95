import { useEffect, useState } from 'preact/hooks';
import { countOf } from '../app/format.js';
import { Problem } from '../app/problem.js';
import { hrefOf, MOST_COMPARED } from '../app/route.js';
import { Segmented } from '../app/segmented.js';
import { rename } from '../app/use-route.js';
import { useTitle } from '../app/use-title.js';
import { useStore } from '../live/use-store.js';
import { SessionsTable } from './sessions-table.js';
import { useSessions } from './use-sessions.js';

const WHICH = [
  { value: 'all', label: 'All' },
  { value: 'real', label: 'Real' },
  { value: 'emulated', label: 'Emulated' },
] as const;

const PAUSE_MS = 250;

/** What was recorded, the latest first; also while no meter is connected. */
export function SessionsView(asked: { search: string; emulated: boolean | null }) {
  const store = useStore();
  const [text, setText] = useState(asked.search);
  const [search, setSearch] = useState(asked.search);
  const [emulated, setEmulated] = useState(asked.emulated);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const sessions = useSessions(search, emulated);
  useTitle('Sessions – Elmetron');

  useEffect(() => {
    const timer = setTimeout(() => setSearch(text.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  useEffect(() => rename(hrefOf({ view: 'sessions', search, emulated })), [search, emulated]);

  function choose(session: string, now: boolean): void {
    const next = new Set(chosen);
    if (now) next.add(session);
    else next.delete(session);
    setChosen(next);
  }

  return (
    <>
      <div class="view-head">
        <h1>Sessions</h1>
        <form role="search" class="toolbar" onSubmit={(event) => event.preventDefault()}>
          <label class="search">
            <span class="unseen">Search in names, meters, serial numbers, notes and metadata</span>
            <input
              type="search"
              placeholder="Search meters, serial numbers, notes…"
              maxLength={200}
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
          <Segmented
            label="Real or emulated"
            value={emulated === null ? 'all' : emulated ? 'emulated' : 'real'}
            options={WHICH}
            onChange={(which) => setEmulated(which === 'all' ? null : which === 'emulated')}
          />
        </form>
      </div>
      {sessions.failure !== null && <Problem failure={sessions.failure} again={sessions.again} />}
      {sessions.problems.map((problem) => (
        <p class="problem" role="alert" key={problem}>
          {problem}
        </p>
      ))}
      <Found sessions={sessions} searched={search !== '' || emulated !== null}>
        {sessions.rows !== null && sessions.rows.length > 0 && (
          <SessionsTable rows={sessions.rows} now={store.now} chosen={chosen} onChoose={choose} />
        )}
      </Found>
      {sessions.next !== null && (
        <p class="more">
          <button type="button" disabled={sessions.busy} onClick={sessions.more}>
            {sessions.busy ? 'Loading…' : 'Show more'}
          </button>
        </p>
      )}
      {chosen.size > 0 && <CompareBar chosen={chosen} clear={() => setChosen(new Set())} />}
    </>
  );
}

function Found({
  sessions,
  searched,
  children,
}: {
  sessions: ReturnType<typeof useSessions>;
  searched: boolean;
  children: preact.ComponentChildren;
}) {
  const { rows, busy, next, failure } = sessions;
  const count =
    rows === null
      ? failure === null
        ? 'Asking for the sessions…'
        : ''
      : rows.length === 0
        ? searched
          ? 'Nothing fits. Try fewer letters, or All.'
          : 'Nothing has been recorded yet. The first reading of a meter begins a session.'
        : `${countOf(rows.length, 'session')}${next === null ? '' : ' shown, there are more'}`;
  return (
    <div class="found" aria-busy={busy}>
      <p class="quiet" role="status">
        {count}
      </p>
      {children}
    </div>
  );
}

function CompareBar({ chosen, clear }: { chosen: ReadonlySet<string>; clear: () => void }) {
  const fits = chosen.size >= 2 && chosen.size <= MOST_COMPARED;
  return (
    <div class="compare-bar" role="region" aria-label="Chosen sessions">
      <p>
        {countOf(chosen.size, 'session')} chosen
        {chosen.size < 2 && '; choose another one to compare'}
        {chosen.size > MOST_COMPARED && `; at most ${MOST_COMPARED} fit on one curve`}
      </p>
      <button type="button" onClick={clear}>
        Choose none
      </button>
      {fits && (
        <a
          class="button primary"
          href={hrefOf({ view: 'compare', sessions: [...chosen], unit: null })}
        >
          Compare
        </a>
      )}
    </div>
  );
}
