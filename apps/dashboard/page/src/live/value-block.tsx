import { durationText, NOTHING, valueText } from '../app/format.js';
import { useTick } from '../app/use-now.js';
import { useTopic } from '../app/use-topic.js';
import type { LiveMeter } from './live-meter.js';
import { gapLimit } from './rhythm.js';
import { useStore } from './use-store.js';

/** The value of now, as large as there is room. */
export function ValueBlock({ meter }: { meter: LiveMeter }) {
  useTopic(meter.topic);
  const { reading, decimals } = meter;
  const value = reading?.value ?? null;
  return (
    <div class="value-block">
      <p class="value">
        <output class="figure" aria-label="Value" aria-live="off">
          {reading === null ? NOTHING : valueText(value, decimals.of(reading.unit))}
        </output>{' '}
        <span class="unit">{reading?.unit ?? ''}</span>
        {reading !== null && value === null && <span class="unreadable"> unreadable</span>}
      </p>
      {reading !== null && reading.temperature_unit !== '' && (
        <p class="temperature">
          <output class="figure" aria-label="Temperature" aria-live="off">
            {valueText(reading.temperature, decimals.of(reading.temperature_unit))}
          </output>{' '}
          <span class="unit">{reading.temperature_unit}</span>
        </p>
      )}
    </div>
  );
}

/** How old the last reading is, counted on by the server's clock; and how many records wait. */
export function AgeAndWaiting({ meter }: { meter: LiveMeter }) {
  const store = useStore();
  useTopic(meter.topic);
  useTick(500);
  const { reading } = meter;
  const age = reading === null ? null : Math.max(0, store.now - reading.at);
  const late =
    age !== null &&
    age > Math.max(5000, gapLimit(meter.curve.intervalMs ?? meter.curve.rhythm.usual));
  const { waiting } = meter.meter;
  return (
    <dl class="pair">
      <div data-late={late || undefined}>
        <dt>Last reading</dt>
        <dd>{age === null ? 'none yet' : `${durationText(age)} ago`}</dd>
      </div>
      <div>
        <dt>Records waiting</dt>
        <dd>{waiting ?? 'not known'}</dd>
      </div>
    </dl>
  );
}
