import { Fact } from '../app/fact.js';
import { sessionHref } from '../app/route.js';
import { momentText } from '../app/time.js';
import type { LiveMeter } from './live-meter.js';
import { useStore } from './use-store.js';

/** Which meter it is, and where its readings go. */
export function Facts({ meter }: { meter: LiveMeter }) {
  const store = useStore();
  const {
    source,
    model,
    serial,
    port,
    profile,
    session,
    session_started_at: started,
  } = meter.meter;
  return (
    <dl class="facts">
      <Fact name="Meter">{model ?? 'not known yet'}</Fact>
      <Fact name="Serial number">{serial ?? 'not known yet'}</Fact>
      <Fact name="Source">{source}</Fact>
      <Fact name="Port">{port}</Fact>
      <Fact name="Profile">{profile}</Fact>
      <Fact name="Session">
        {session === null ? (
          'none'
        ) : (
          <a href={sessionHref(session)}>
            {started === null ? session : `since ${momentText(started, store.now)}`}
          </a>
        )}
      </Fact>
    </dl>
  );
}
