import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Mark } from '../../../src/api/readings.js';
import type { Session } from '../../../src/api/sessions.js';
import { getSession, getStatistics } from '../api/endpoints.js';
import { countOf, countText } from '../app/format.js';
import { DeviceName } from '../app/device-name.js';
import { Problem } from '../app/problem.js';
import { HOMES } from '../app/route.js';
import { dateTimeText, parseTime } from '../app/time.js';
import { useAnswer } from '../app/use-answer.js';
import { useTitle } from '../app/use-title.js';
import type { View } from '../charts/zoom.js';
import { EmulatedBand } from '../live/emulated-band.js';
import { originOf, titleMark } from '../live/origin.js';
import { useStore } from '../live/use-store.js';
import { MarkBook } from '../live/marks.js';
import { stateOf } from '../sessions/session-words.js';
import { ExportPanel } from './export-panel.js';
import { MarksList } from './marks-list.js';
import { Metadata } from './metadata.js';
import { NoteDialog } from './note-dialog.js';
import { SessionCurve } from './session-curve.js';
import { SessionFacts } from './session-facts.js';
import { StatisticsTable } from './statistics-table.js';

/** One that goes on is asked for again now and then. */
const OPEN_EVERY_MS = 10_000;
const VISIBLE_PARTS = 500;

export function SessionView({ session, shown }: { session: string; shown: View | null }) {
  const [open, setOpen] = useState(false);
  const answer = useAnswer(
    session,
    (signal) => getSession(session, signal),
    open ? OPEN_EVERY_MS : 0,
  );
  const { value, failure, again } = answer;
  useEffect(() => setOpen(value !== null && value.session.ended_at === null), [value]);
  const started = value === null ? null : parseTime(value.session.started_at);
  const origin = originOf(value?.session.emulated === true);
  const name = started === null ? session : `Session of ${dateTimeText(started)}`;
  useTitle(`${name}${titleMark(origin)} – Elmetron`);

  return (
    <>
      <p class="way">
        <a href={HOMES.sessions}>Sessions</a>
      </p>
      <EmulatedBand origin={origin} />
      <div class="view-head">
        <h1>{name}</h1>
        {value !== null && (
          <p class="quiet">
            <DeviceName
              model={value.session.model}
              serial={value.session.serial}
              unknown="meter not known"
            />{' '}
            <span class="tag" data-end={stateOf(value.session)}>
              {stateOf(value.session)}
            </span>
          </p>
        )}
      </div>
      {failure !== null && <Problem failure={failure} again={again} />}
      {value === null && failure === null && <p class="quiet">Asking for the session…</p>}
      {value !== null && (
        <Whole key={session} session={session} value={value} shown={shown} again={again} />
      )}
    </>
  );
}

interface WholeProps {
  readonly session: string;
  readonly value: Session;
  readonly shown: View | null;
  readonly again: () => void;
}

function Whole({ session, value, shown, again }: WholeProps) {
  const store = useStore();
  const [noteAt, setNoteAt] = useState<number | null>(null);
  const [added, setAdded] = useState<readonly Mark[]>([]);
  const [view, setView] = useState<View | null>(shown);
  const [decimals, setDecimals] = useState<ReadonlyMap<string, number>>(new Map());
  const [goTo, setGoTo] = useState<{ at: number } | null>(null);
  const statistics = useAnswer(session, (signal) => getStatistics(session, signal));
  const marks = useMemo(() => together(value.marks, added), [value.marks, added]);
  const stretches = useMemo(() => statistics.value?.recovered ?? [], [statistics.value]);
  const note = useCallback((at: number) => setNoteAt(at), []);
  const { first } = value;
  const last = useGrown(first, value.last);
  return (
    <>
      {first === null || last === null ? (
        <p class="panel quiet">This session has no readings.</p>
      ) : (
        <SessionCurve
          session={session}
          readings={value.session.measurement_count}
          first={first}
          last={last}
          shown={shown}
          marks={marks}
          stretches={stretches}
          emulated={value.session.emulated}
          goTo={goTo}
          onNote={note}
          onView={setView}
          onDecimals={(found) => setDecimals((old) => most(old, found))}
        />
      )}
      <StatisticsTable
        answer={statistics}
        decimals={decimals}
        open={value.session.ended_at === null}
      />
      <div class="columns">
        <div class="stack">
          <section class="panel" aria-labelledby="marks-title">
            <h2 id="marks-title">Notes, gaps and events ({countText(marks.length)})</h2>
            <MarksList marks={marks} now={store.now} onShow={(mark) => setGoTo({ at: mark.at })} />
            <Recovered stretches={statistics.value?.recovered ?? []} />
          </section>
          <ExportPanel session={session} view={view} />
        </div>
        <div class="stack">
          <section class="panel" aria-labelledby="facts-title">
            <h2 id="facts-title">Session</h2>
            <SessionFacts row={value.session} />
          </section>
          <Metadata session={session} metadata={value.metadata} onChanged={again} />
        </div>
      </div>
      {noteAt !== null && (
        <NoteDialog
          session={session}
          at={noteAt}
          onClose={() => setNoteAt(null)}
          onAdded={(mark) => setAdded((old) => [...old, mark])}
        />
      )}
    </>
  );
}

/** The last reading as far as it makes a difference: growth by less than can be seen asks for nothing anew. */
function useGrown(first: number | null, last: number | null): number | null {
  const seen = useRef(last);
  const { current } = seen;
  if (first === null || last === null || current === null) return (seen.current = last);
  if (last - current > (current - first) / VISIBLE_PARTS) seen.current = last;
  return seen.current;
}

function Recovered({
  stretches,
}: {
  stretches: readonly { from: number; to: number; measurements: number }[];
}) {
  if (stretches.length === 0) return null;
  return (
    <>
      <h3>Recovered after a crash (shaded in the curve)</h3>
      <ul class="plain-list">
        {stretches.map(({ from, to, measurements }) => (
          <li key={from}>
            {dateTimeText(from)} to {dateTimeText(to)}: {countOf(measurements, 'reading')}
          </li>
        ))}
      </ul>
    </>
  );
}

function most(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const all = new Map(a);
  for (const [unit, decimals] of b) all.set(unit, Math.max(all.get(unit) ?? 0, decimals));
  return all;
}

function together(stored: readonly Mark[], added: readonly Mark[]): Mark[] {
  const book = new MarkBook(2000);
  book.add(stored);
  book.add(added);
  return book.within(-Infinity, Infinity);
}
