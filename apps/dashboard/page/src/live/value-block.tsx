import { Fact } from '../app/fact.js';
import { durationText, NOTHING, valueText } from '../app/format.js';
import { useTick } from '../app/use-now.js';
import { useTopic } from '../app/use-topic.js';
import type { LiveMeter } from './live-meter.js';
import { useStore } from './use-store.js';

/** The value of now, as large as there is room. */
export function ValueBlock({ meter }: { meter: LiveMeter }) {
  const { late } = useAge(meter);
  const { reading, decimals } = meter;
  const value = reading?.value ?? null;
  const figure = reading === null ? NOTHING : valueText(value, decimals.of(reading.unit));
  const unit = reading?.unit ?? '';
  return (
    <div
      class="value-block"
      data-old={reading === null || late || undefined}
      // How long it is, so that the style can make it as large as fits; never larger for a shorter one.
      style={{ '--chars': Math.max(4, figure.length), '--unit-chars': unit.length }}
    >
      <p class="value">
        <output class="figure" aria-label="Value" aria-live="off">
          {figure}
        </output>{' '}
        <bdi class="unit">{unit}</bdi>
        {reading !== null && value === null && <span class="unreadable"> unreadable</span>}
      </p>
      {reading !== null && reading.temperature_unit !== '' && (
        <p class="temperature">
          <output class="figure" aria-label="Temperature" aria-live="off">
            {valueText(reading.temperature, decimals.of(reading.temperature_unit))}
          </output>{' '}
          <bdi class="unit">{reading.temperature_unit}</bdi>
        </p>
      )}
    </div>
  );
}

/** How old the last reading is, counted on by the server's clock; and how many records wait. */
export function AgeAndWaiting({ meter }: { meter: LiveMeter }) {
  const { age, late } = useAge(meter);
  const { waiting } = meter.meter;
  return (
    <dl class="pair">
      <div data-late={late || undefined}>
        <dt>Last reading</dt>
        <dd>{age === null ? 'none yet' : ageText(age)}</dd>
      </div>
      <Fact name="Records waiting">{waiting ?? 'not known'}</Fact>
    </dl>
  );
}

/** Right after a clock was set back the last reading is of a time that is still to come. */
const ageText = (age: number): string =>
  age < -1000 ? 'not known: a clock was set' : `${durationText(age)} ago`;

/** In ms; null: there is no reading. `late`: longer ago than the next one should have come. */
function useAge(meter: LiveMeter): { age: number | null; late: boolean } {
  const store = useStore();
  useTopic(meter.topic);
  useTick(500);
  const { reading, curve } = meter;
  if (reading === null) return { age: null, late: false };
  const age = store.now - reading.at;
  return { age, late: age < -1000 || age > Math.max(5000, 2 * curve.gapMs) };
}
