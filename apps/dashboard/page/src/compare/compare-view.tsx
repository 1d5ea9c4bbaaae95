import { useEffect, useMemo, useState } from 'preact/hooks';
import { getCurve, getSession } from '../api/endpoints.js';
import { isAborted } from '../api/failure.js';
import { Problem } from '../app/problem.js';
import { HOMES, hrefOf } from '../app/route.js';
import { parseTime } from '../app/time.js';
import { rename } from '../app/use-route.js';
import { useAnswer } from '../app/use-answer.js';
import { useTitle } from '../app/use-title.js';
import { CurveTable } from '../charts/curve-table.js';
import { FixedFeed } from '../charts/feed.js';
import { useZoom } from '../charts/use-zoom.js';
import { ZoomBar } from '../charts/zoom-bar.js';
import type { View } from '../charts/zoom.js';
import { ZoomedCurve } from '../charts/zoomed-curve.js';
import { EmulatedBand } from '../live/emulated-band.js';
import { originOf, titleMark, worstOrigin } from '../live/origin.js';
import { quantityKey, quantityName } from '../live/quantity.js';
import { comparePicture, sharedQuantities, wholeTime, type Compared } from './compare-picture.js';
import { ComparedTable, shortName } from './compared-table.js';

const POINTS = 1000;

interface Props {
  readonly sessions: readonly string[];
  readonly unit: string | null;
}

/** Several sessions on one curve, each from its own start. */
export function CompareView({ sessions, unit }: Props) {
  const answer = useAnswer(sessions.join(), (signal) => found(sessions, signal));
  const { value, failure, again } = answer;
  const origin = worstOrigin((value ?? []).map(({ row }) => originOf(row.emulated)));
  useTitle(`Compare ${sessions.length} sessions${titleMark(origin)} – Elmetron`);
  return (
    <>
      <p class="way">
        <a href={HOMES.sessions}>Sessions</a>
      </p>
      {value?.some(({ row }) => row.emulated) === true && (
        <EmulatedBand
          origin="emulated"
          what={
            value.every(({ row }) => row.emulated)
              ? 'none of these is a real meter'
              : 'not all of these are real meters'
          }
        />
      )}
      <div class="view-head">
        <h1>Compare sessions</h1>
      </div>
      {failure !== null && <Problem failure={failure} again={again} />}
      {value === null && failure === null && <p class="quiet">Asking for the sessions…</p>}
      {value !== null && value.length === 0 && (
        <p class="panel quiet">None of these sessions has readings.</p>
      )}
      {value !== null && value.length > 0 && (
        <Together all={sessions} sessions={value} unit={unit} />
      )}
    </>
  );
}

/** Those that have readings. */
async function found(sessions: readonly string[], signal: AbortSignal): Promise<Compared[]> {
  const answers = await Promise.all(sessions.map((session) => getSession(session, signal)));
  return answers.flatMap(({ session: row, first, last }) =>
    first === null || last === null
      ? []
      : [{ row, start: parseTime(row.started_at) ?? first, first, last }],
  );
}

function Together({
  all,
  sessions,
  unit,
}: {
  all: readonly string[];
  sessions: readonly Compared[];
  unit: string | null;
}) {
  const whole = useMemo(() => wholeTime(sessions), [sessions]);
  const zoom = useZoom(whole, null, (view, signal) => curvesOf(sessions, view, signal));
  const [key, setKey] = useState<string | null>(unit);
  const feed = useMemo(() => new FixedFeed(), []);
  const { value: curves, view } = zoom;
  const quantities = useMemo(() => sharedQuantities(curves ?? []), [curves]);
  const quantity = quantities.find((one) => quantityKey(one) === key) ?? quantities[0] ?? null;

  useEffect(() => {
    if (curves === null) return;
    const names = sessions.map(({ row }) => shortName(row));
    feed.show(comparePicture({ sessions, curves, names, quantity, view }));
  }, [feed, curves, view, quantity, sessions]);
  useEffect(() => rename(hrefOf({ view: 'compare', sessions: all, unit: key })), [all, key]);

  return (
    <>
      <section class="session-curve panel" aria-label="Curve">
        <div class="toolbar">
          <ZoomBar zoom={zoom} />
          <label class="choice">
            <span>Quantity</span>
            <select
              value={quantity === null ? '' : quantityKey(quantity)}
              onChange={(event) => setKey(event.currentTarget.value)}
            >
              {quantities.map((one) => (
                <option key={quantityKey(one)} value={quantityKey(one)}>
                  {quantityName(one)}
                </option>
              ))}
            </select>
          </label>
          <span class="push" />
          {zoom.busy && <p class="quiet">Asking for the curves…</p>}
        </div>
        {zoom.failure !== null && <Problem failure={zoom.failure} again={zoom.again} />}
        <ZoomedCurve feed={feed} zoom={zoom} />
        <CurveTable feed={feed} caption="Points of the curves that are shown" />
      </section>
      <ComparedTable sessions={sessions} />
    </>
  );
}

/** One that fails leaves its place empty; all of them failing is a failure. */
async function curvesOf(sessions: readonly Compared[], view: View, signal: AbortSignal) {
  const answers = await Promise.allSettled(
    sessions.map(({ row, start, first, last }) => {
      const [from, to] = [Math.floor(start + view.from), Math.ceil(start + view.to)];
      if (from > last || to < first) return Promise.resolve(null);
      return getCurve(row.session_uid, { from, to, points: POINTS }, signal);
    }),
  );
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed !== undefined) {
    const aborted = answers.some((a) => a.status === 'rejected' && isAborted(a.reason));
    if (aborted || answers.every(({ status }) => status === 'rejected'))
      throw failed.reason as Error;
  }
  return answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : null));
}
