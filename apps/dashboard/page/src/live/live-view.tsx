import { Problem } from '../app/problem.js';
import { HOMES, hrefOf } from '../app/route.js';
import { useTick } from '../app/use-now.js';
import { useTitle } from '../app/use-title.js';
import { useTopic } from '../app/use-topic.js';
import { NOTHING, valueText } from '../app/format.js';
import { Changes } from './changes.js';
import { LargeMeter } from './large-meter.js';
import type { LiveMeter } from './live-meter.js';
import { MeterCard } from './meter-card.js';
import { titleMark, worstOrigin } from './origin.js';
import { STATE_NAMES } from './recording.js';
import { useStore } from './use-store.js';
import { useWindow, WindowChoice } from './window-choice.js';

/** What is happening now: one meter large, or all of them side by side. */
export function LiveView({ source }: { source: string | null }) {
  const store = useStore();
  useTopic(store.metersTopic);
  useTopic(store.connectionTopic);
  const { meters } = store;
  const large =
    source === null ? (meters.length === 1 ? meters[0] : undefined) : store.meter(source);

  if (!store.complete) return <NothingYet />;
  if (source !== null && large === undefined) return <NoSuchMeter source={source} />;
  if (meters.length === 0) return <NoMeter />;
  return (
    <>
      <h1 class="unseen">Live</h1>
      <Changes meters={meters} />
      {large === undefined ? (
        <Grid meters={meters} />
      ) : (
        <>
          {meters.length > 1 && <Others meters={meters} shown={large} />}
          <LargeTitle meter={large} />
          <LargeMeter key={large.source} meter={large} />
        </>
      )}
    </>
  );
}

function NoSuchMeter({ source }: { source: string }) {
  useTitle('No such meter – Elmetron');
  return (
    <div class="panel">
      <h1>Live</h1>
      <p>
        There is no meter{' '}
        <strong>
          <bdi>{source}</bdi>
        </strong>{' '}
        here. <a href={HOMES.live}>All meters</a>
      </p>
    </div>
  );
}

function NoMeter() {
  useTitle('No meter – Elmetron');
  return (
    <div class="panel">
      <h1>Live</h1>
      <p>
        No meter is configured. See the <a href={HOMES.system}>system</a> view, or look at what was
        recorded: <a href={HOMES.sessions}>sessions</a>.
      </p>
    </div>
  );
}

function NothingYet() {
  const store = useStore();
  useTitle('Live – Elmetron');
  return (
    <div class="panel">
      <h1>Live</h1>
      {store.refusal === null ? <p>Asking the server…</p> : <Problem failure={store.refusal} />}
    </div>
  );
}

function Grid({ meters }: { meters: readonly LiveMeter[] }) {
  const [seconds, setSeconds] = useWindow();
  const store = useStore();
  const states = meters.map(({ meter }) => meter.recording.state);
  const recording = states.filter((state) => state === 'recording').length;
  const mark = titleMark(worstOrigin(meters.map(({ origin }) => origin)));
  const lost = store.lost ? 'No connection · ' : '';
  useTitle(`${lost}${recording} of ${meters.length} recording${mark} – Elmetron`);
  return (
    <>
      <div class="toolbar">
        <p class="grid-count">
          {recording} of {meters.length} recording
        </p>
        <span class="push" />
        <WindowChoice seconds={seconds} onChange={setSeconds} />
      </div>
      <div class="grid">
        {meters.map((meter) => (
          <MeterCard key={meter.source} meter={meter} seconds={seconds} />
        ))}
      </div>
    </>
  );
}

/** The way to the others, each with its state. */
function Others({ meters, shown }: { meters: readonly LiveMeter[]; shown: LiveMeter }) {
  const store = useStore();
  return (
    <nav class="others" aria-label="Meters">
      <ul>
        <li>
          <a href={HOMES.live}>All meters</a>
        </li>
        {meters.map((meter) => (
          <li key={meter.source}>
            <a
              href={hrefOf({ view: 'live', source: meter.source })}
              aria-current={meter === shown ? 'page' : undefined}
              data-state={store.stateOf(meter)}
            >
              <span class="dot" aria-hidden="true" />
              {meter.source}
              <span class="unseen">, {STATE_NAMES[store.stateOf(meter)]}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The tab says value, unit and state, also while another one is looked at. */
function LargeTitle({ meter }: { meter: LiveMeter }) {
  const store = useStore();
  useTick(1000);
  useTopic(meter.topic);
  const { reading, decimals } = meter;
  const { recording } = meter.meter;
  const value =
    reading === null
      ? NOTHING
      : `${valueText(reading.value, decimals.of(reading.unit))} ${reading.unit}`;
  const state = store.lost ? 'No connection' : STATE_NAMES[recording.state];
  useTitle(`${value} · ${state}${titleMark(meter.origin)} – ${meter.source}`);
  return null;
}
