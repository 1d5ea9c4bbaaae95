import type { Statistics } from '../../../src/api/sessions.js';
import { countText, deviationText, durationText, NOTHING, valueText } from '../app/format.js';
import { Problem } from '../app/problem.js';
import { Scroll } from '../app/scroll.js';
import { parseTime } from '../app/time.js';
import type { Answer } from '../app/use-answer.js';
import { decimalsOf } from '../live/decimals.js';

/** All readings of the session are read for it: it may take seconds, and says so. */
export function StatisticsTable({
  answer,
  decimals,
  open,
}: {
  answer: Answer<Statistics>;
  /** For each unit, as many as the meter showed, as far as that is known. */
  decimals: ReadonlyMap<string, number>;
  /** The session goes on. */
  open: boolean;
}) {
  const { value, failure, busy, again } = answer;
  return (
    <section class="panel wide" aria-labelledby="statistics-title">
      <h2 id="statistics-title">Statistics</h2>
      {failure !== null && <Problem failure={failure} again={again} />}
      {value === null && failure === null && (
        <p class="quiet" role="status">
          Reading the whole session: of millions of readings that takes some seconds…
        </p>
      )}
      {value !== null && value.units.length === 0 && <p class="quiet">There are no readings.</p>}
      {value !== null && value.units.length > 0 && <Units units={value.units} shown={decimals} />}
      {open && value !== null && (
        <p class="counted quiet">
          As it was when this page was opened or last asked; the session goes on.{' '}
          <button type="button" disabled={busy} onClick={again}>
            {busy ? 'Counting…' : 'Count again'}
          </button>
        </p>
      )}
    </section>
  );
}

function Units({
  units,
  shown,
}: {
  units: Statistics['units'];
  shown: ReadonlyMap<string, number>;
}) {
  return (
    <Scroll label="Statistics for each unit">
      <table>
        <caption class="unseen">For each unit that was displayed</caption>
        <thead>
          <tr>
            <th scope="col">Unit</th>
            {[
              'Readings',
              'Lowest',
              'Highest',
              'Mean',
              'Standard deviation',
              'Unreadable',
              'Over',
            ].map((name) => (
              <th scope="col" class="number" key={name}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {units.map((unit) => {
            const ends = [unit.least, unit.greatest].filter((value) => value !== null);
            const decimals = Math.max(shown.get(unit.unit) ?? 0, ...ends.map(decimalsOf));
            const [from, to] = [parseTime(unit.first_at), parseTime(unit.last_at)];
            return (
              <tr key={unit.unit}>
                <th scope="row">{unit.unit === '' ? 'none' : unit.unit}</th>
                <td class="number">{countText(unit.measurements)}</td>
                <td class="number">{valueText(unit.least, decimals)}</td>
                <td class="number">{valueText(unit.greatest, decimals)}</td>
                {/* One digit more than the meter shows: the mean of many is finer than each. */}
                <td class="number">{valueText(unit.mean, decimals + 1)}</td>
                <td class="number">{deviationText(unit.standard_deviation, decimals)}</td>
                <td class="number">{countText(unit.without_value)}</td>
                <td class="number">
                  {from === null || to === null ? NOTHING : durationText(to - from)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scroll>
  );
}
