import { useEffect, useMemo, useState } from 'preact/hooks';
import { countText } from '../app/format.js';
import { Problem } from '../app/problem.js';
import { clockText } from '../app/time.js';
import { useTopic } from '../app/use-topic.js';
import { Curve } from '../charts/curve.js';
import { CurveTable } from '../charts/curve-table.js';
import { MarksList } from '../session/marks-list.js';
import { NoteDialog } from '../session/note-dialog.js';
import { EmulatedBand } from './emulated-band.js';
import { Facts } from './facts.js';
import { LiveFeed } from './live-feed.js';
import type { LiveMeter } from './live-meter.js';
import { SPOKEN_OF } from './origin.js';
import type { Choice } from './quantity.js';
import { QuantityChoice } from './quantity-choice.js';
import { Reasons } from './reasons.js';
import { Sentence } from './sentence.js';
import { StateBadge } from './state-badge.js';
import { useStore } from './use-store.js';
import { AgeAndWaiting, ValueBlock } from './value-block.js';
import { useWindow, WindowChoice } from './window-choice.js';

const POINTS = 1500;
const USUAL: Choice = { first: 'now', second: 'temperature' };

/** One meter, as large as the window. */
export function LargeMeter({ meter }: { meter: LiveMeter }) {
  const store = useStore();
  useTopic(store.metersTopic);
  useTopic(store.connectionTopic);
  const [noteAt, setNoteAt] = useState<number | null>(null);
  const { source, recording, reasons, session } = meter.meter;
  const { origin } = meter;
  const state = store.stateOf(meter);
  const addNote = (at: number): void => setNoteAt(at);
  return (
    <article
      class="meter large"
      aria-label={source + SPOKEN_OF[origin]}
      data-state={state}
      data-lost={store.lost || undefined}
    >
      <EmulatedBand origin={origin} />
      <div class="large-head">
        <h2>{source}</h2>
        <StateBadge state={state} />
        <Sentence recording={recording} />
      </div>
      <div class="large-now">
        <div class="large-value">
          <ValueBlock meter={meter} />
        </div>
        <div class="large-side">
          <AgeAndWaiting meter={meter} />
          <Facts meter={meter} />
        </div>
      </div>
      <Reasons reasons={reasons} said={recording.message} />
      <LargeCurve meter={meter} addNote={session === null ? null : addNote} />
      {noteAt !== null && session !== null && (
        <NoteDialog
          session={session}
          at={noteAt}
          onClose={() => setNoteAt(null)}
          onAdded={(mark) => meter.mark([mark])}
        />
      )}
    </article>
  );
}

interface CurveProps {
  readonly meter: LiveMeter;
  /** null: there is no session that a note could be added to. */
  readonly addNote: ((at: number) => void) | null;
}

function LargeCurve({ meter, addNote }: CurveProps) {
  const store = useStore();
  const [seconds, setSeconds] = useWindow();
  const [choice, setChoice] = useState(USUAL);
  const [heldAt, setHeldAt] = useState<number | null>(null);
  const feed = useMemo(() => new LiveFeed(store, meter, USUAL), [store, meter]);
  useEffect(() => meter.want({ seconds, points: POINTS, marks: true }), [meter, seconds]);
  useEffect(() => feed.choose(choice), [feed, choice]);

  function hold(held: boolean): void {
    feed.hold(held);
    setHeldAt(held ? store.now : null);
  }

  return (
    <section class="large-curve" aria-label="Curve">
      <div class="toolbar">
        <WindowChoice
          seconds={seconds}
          onChange={(next) => {
            hold(false);
            setSeconds(next);
          }}
        />
        <Quantities meter={meter} choice={choice} onChange={setChoice} />
        <span class="push" />
        {heldAt !== null && <span class="held">Held at {clockText(heldAt)}</span>}
        <button type="button" aria-pressed={heldAt !== null} onClick={() => hold(heldAt === null)}>
          {heldAt === null ? 'Hold the curve' : 'Go on'}
        </button>
        <button type="button" disabled={addNote === null} onClick={() => addNote?.(store.now)}>
          Add a note
        </button>
      </div>
      <CurveState meter={meter} />
      <Curve
        feed={feed}
        onKey={(key, x) => {
          if ((key !== 'n' && key !== 'N') || addNote === null) return false;
          addNote(x ?? store.now);
          return true;
        }}
      />
      <div class="below">
        <Happened meter={meter} />
        <CurveTable feed={feed} caption={`Readings of ${meter.source}`} />
      </div>
    </section>
  );
}

function Quantities({
  meter,
  choice,
  onChange,
}: {
  meter: LiveMeter;
  choice: Choice;
  onChange: (choice: Choice) => void;
}) {
  useTopic(meter.topic);
  return <QuantityChoice there={meter.curve.quantities} choice={choice} onChange={onChange} />;
}

function CurveState({ meter }: { meter: LiveMeter }) {
  useTopic(meter.topic);
  if (meter.failure === null) return null;
  return <Problem failure={meter.failure} again={() => meter.again()} />;
}

function Happened({ meter }: { meter: LiveMeter }) {
  const store = useStore();
  useTopic(meter.topic);
  const marks = meter.marks.within(store.now - meter.curve.windowMs, store.now);
  return (
    <details class="happened">
      <summary>Notes, alarms and events ({countText(marks.length)})</summary>
      <MarksList marks={marks} now={store.now} />
    </details>
  );
}
