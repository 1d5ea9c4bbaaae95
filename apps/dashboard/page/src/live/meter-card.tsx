import { useEffect, useMemo } from 'preact/hooks';
import { Curve } from '../charts/curve.js';
import { DeviceName } from '../app/device-name.js';
import { hrefOf } from '../app/route.js';
import { useTopic } from '../app/use-topic.js';
import { EmulatedBand } from './emulated-band.js';
import { LiveFeed } from './live-feed.js';
import type { LiveMeter } from './live-meter.js';
import { SPOKEN_OF } from './origin.js';
import { Reasons } from './reasons.js';
import { Sentence } from './sentence.js';
import { StateBadge } from './state-badge.js';
import { useStore } from './use-store.js';
import { AgeAndWaiting, ValueBlock } from './value-block.js';

const POINTS = 1000;
const ONLY_VALUE = { first: 'now', second: 'none' };

/** One of several meters. */
export function MeterCard({ meter, seconds }: { meter: LiveMeter; seconds: number }) {
  const store = useStore();
  useTopic(store.metersTopic);
  useTopic(store.connectionTopic);
  const feed = useMemo(() => new LiveFeed(store, meter, ONLY_VALUE), [store, meter]);
  useEffect(() => meter.want({ seconds, points: POINTS, marks: false }), [meter, seconds]);
  const { source, model, serial, recording, reasons } = meter.meter;
  const { origin } = meter;
  const state = store.stateOf(meter);
  return (
    <article
      class="meter card"
      aria-label={source + SPOKEN_OF[origin]}
      data-state={state}
      data-lost={store.lost || undefined}
    >
      <EmulatedBand origin={origin} />
      <header class="card-head">
        <h2>
          <a class="card-link" href={hrefOf({ view: 'live', source })}>
            {source}
          </a>
        </h2>
        <StateBadge state={state} />
      </header>
      <p class="device">
        <DeviceName model={model} serial={serial} unknown="meter not known yet" />
      </p>
      <ValueBlock meter={meter} />
      <AgeAndWaiting meter={meter} />
      {(recording.state !== 'recording' || store.lost) && <Sentence recording={recording} />}
      <Reasons reasons={reasons.slice(0, 1)} said={recording.message} />
      <Curve feed={feed} compact />
    </article>
  );
}
