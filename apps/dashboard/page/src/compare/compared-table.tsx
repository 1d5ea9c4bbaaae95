import type { SessionRow } from '../../../src/api/sessions.js';
import { countText } from '../app/format.js';
import { DeviceName } from '../app/device-name.js';
import { sessionHref } from '../app/route.js';
import { Scroll } from '../app/scroll.js';
import { dayText, minuteText, parseTime } from '../app/time.js';
import { Swatch } from '../charts/legend.js';
import { useStore } from '../live/use-store.js';
import { lengthOf } from '../sessions/session-words.js';
import type { Compared } from './compare-picture.js';

/** `5 Nov 14:03 bench-1`, also in the picture: of which session it is, and whether that one is real. */
export function shortName(row: SessionRow): string {
  const started = parseTime(row.started_at);
  const when = started === null ? row.session_uid : `${dayText(started)} ${minuteText(started)}`;
  const name = row.source === null ? when : `${when} ${row.source}`;
  return row.emulated ? `${name} (EMULATED)` : name;
}

/** Which line is which session. */
export function ComparedTable({ sessions }: { sessions: readonly Compared[] }) {
  const store = useStore();
  return (
    <section class="panel" aria-labelledby="compared-title">
      <h2 id="compared-title">Sessions on the curve</h2>
      <Scroll label="Table of the sessions">
        <table>
          <caption class="unseen">Each with the line that it is drawn as</caption>
          <thead>
            <tr>
              <th scope="col">Line</th>
              <th scope="col">Session</th>
              <th scope="col">Meter</th>
              <th scope="col">Length</th>
              <th scope="col" class="number">
                Readings
              </th>
            </tr>
          </thead>
          <tbody>
            {sessions.map(({ row }, i) => (
              <tr key={row.session_uid}>
                <td>
                  <Swatch look={i} />
                  <span class="unseen">line {i + 1}</span>
                </td>
                <th scope="row">
                  <a href={sessionHref(row.session_uid)}>{shortName(row)}</a>
                </th>
                <td>
                  <DeviceName model={row.model} serial={row.serial} unknown="meter not known" />
                </td>
                <td>{lengthOf(row, store.now)}</td>
                <td class="number">{countText(row.measurement_count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}
