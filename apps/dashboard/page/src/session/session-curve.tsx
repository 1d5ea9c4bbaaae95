import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Curve, Mark } from '../../../src/api/readings.js';
import { getCurve } from '../api/endpoints.js';
import { countOf, stepText } from '../app/format.js';
import { Problem } from '../app/problem.js';
import { hrefOf } from '../app/route.js';
import { rename } from '../app/use-route.js';
import { CurveTable } from '../charts/curve-table.js';
import { FixedFeed } from '../charts/feed.js';
import type { Stretch } from '../charts/picture.js';
import { useZoom, type Zoom } from '../charts/use-zoom.js';
import { ZoomBar } from '../charts/zoom-bar.js';
import { wholeOf, type View } from '../charts/zoom.js';
import { ZoomedCurve } from '../charts/zoomed-curve.js';
import { QuantityChoice } from '../live/quantity-choice.js';
import { originOf } from '../live/origin.js';
import { chosen, type Choice } from '../live/quantity.js';
import {
  decimalsIn,
  mainUnit,
  quantitiesOf,
  readingsIn,
  sessionPicture,
  withNeighbours,
} from './session-picture.js';

const POINTS = 2000;

interface Props {
  readonly session: string;
  /** How many readings it has. */
  readonly readings: number;
  readonly first: number;
  readonly last: number;
  readonly shown: View | null;
  readonly marks: readonly Mark[];
  readonly stretches: readonly Stretch[];
  readonly emulated: boolean;
  /** Somebody asks to see what is around it; each time another object. */
  readonly goTo: { readonly at: number } | null;
  readonly onNote: (at: number) => void;
  /** null: all of it. */
  readonly onView: (view: View | null) => void;
  /** As the meter showed them: for each unit, how many. */
  readonly onDecimals: (decimals: ReadonlyMap<string, number>) => void;
}

/** The curve of a session: all of it at once, and every reading where somebody looks closely. */
export function SessionCurve(props: Props) {
  const { session, marks, stretches, emulated, onNote, onView, goTo } = props;
  const all = useMemo(() => wholeOf(props.first, props.last), [props.first, props.last]);
  const zoom = useZoom<Curve>(all, props.shown, (view, signal) =>
    getCurve(session, { ...withNeighbours(view, props), points: POINTS }, signal),
  );
  const [choice, setChoice] = useState<Choice>({ first: 'now', second: 'temperature' });
  const feed = useMemo(() => new FixedFeed(), []);
  const { value: curve, view } = zoom;

  useEffect(() => {
    if (curve === null) return;
    const picked = chosen(choice, quantitiesOf(curve), mainUnit(curve));
    feed.show(
      sessionPicture({ curve, view, ...picked, marks, stretches, origin: originOf(emulated) }),
    );
  }, [feed, curve, view, choice, marks, stretches, emulated]);

  useEffect(() => {
    if (curve !== null)
      props.onDecimals(new Map(curve.values.map((series) => [series.unit, decimalsIn(series)])));
  }, [curve]);

  useEffect(() => {
    const now = zoom.whole ? null : view;
    rename(hrefOf({ view: 'session', session, shown: now }));
    onView(now);
  }, [view.from, view.to, zoom.whole]);

  useEffect(() => {
    if (goTo === null) return;
    const half = Math.min((all.to - all.from) / 2, 5 * 60_000);
    zoom.show({ from: goTo.at - half, to: goTo.at + half });
  }, [goTo]);

  return (
    <section class="session-curve panel" aria-label="Curve">
      <div class="toolbar">
        <ZoomBar zoom={zoom} />
        {curve !== null && (
          <QuantityChoice there={quantitiesOf(curve)} choice={choice} onChange={setChoice} />
        )}
        <span class="push" />
        <Fineness zoom={zoom} />
      </div>
      {zoom.failure !== null && <Problem failure={zoom.failure} again={zoom.again} />}
      <ZoomedCurve
        feed={feed}
        zoom={zoom}
        onPick={onNote}
        onKey={(key, x) => {
          if ((key !== 'n' && key !== 'N') || x === null) return false;
          onNote(x);
          return true;
        }}
      />
      <p class="hint quiet">
        Drag over a stretch or turn the wheel to see it closely; click to add a note there.{' '}
        <span class="hint-keys">
          By keyboard: arrow keys move the cursor, + and − zoom, 0 shows all, N adds a note at the
          cursor.
        </span>
      </p>
      <CurveTable feed={feed} caption="Points of the curve that is shown" />
    </section>
  );
}

/** How much is shown, and how exactly. */
function Fineness({ zoom }: { zoom: Zoom<Curve> }) {
  const { value, busy } = zoom;
  if (value === null) return <p class="quiet fineness">Asking for the curve…</p>;
  const each = value.bucket_ms === 0 ? 'every reading' : `one point = ${stepText(value.bucket_ms)}`;
  return (
    <p class="quiet fineness" aria-busy={busy}>
      {countOf(readingsIn(value, zoom.view), 'reading')}, {each}
      {busy && ' …'}
    </p>
  );
}
