import type { SessionRow } from '../../../src/api/sessions.js';
import { Fact } from '../app/fact.js';
import { countText, NOTHING } from '../app/format.js';
import { dateTimeText, parseTime } from '../app/time.js';
import { useStore } from '../live/use-store.js';
import { lengthOf, stateOf } from '../sessions/session-words.js';

export function SessionFacts({ row }: { row: SessionRow }) {
  const store = useStore();
  const [started, ended] = [parseTime(row.started_at), parseTime(row.ended_at)];
  return (
    <dl class="facts">
      <Fact name="Start">{started === null ? NOTHING : dateTimeText(started)}</Fact>
      <Fact name="End">
        {ended === null ? 'still open' : `${dateTimeText(ended)} (${stateOf(row)})`}
      </Fact>
      <Fact name="Length">{lengthOf(row, store.now)}</Fact>
      <Fact name="Readings">{countText(row.measurement_count)}</Fact>
      <Fact name="Recovered">
        {row.recovered_count === 0 ? 'none' : countText(row.recovered_count)}
      </Fact>
      <Fact name="Meter">{row.model ?? NOTHING}</Fact>
      <Fact name="Serial number">{row.serial ?? NOTHING}</Fact>
      <Fact name="Source">{row.source ?? NOTHING}</Fact>
      <Fact name="Profile">{row.profile ?? NOTHING}</Fact>
      <Fact name="Name">
        <span class="mono">{row.session_uid}</span>
      </Fact>
    </dl>
  );
}
