import type { SessionRow } from '../../../src/api/sessions.js';
import { countText, NOTHING } from '../app/format.js';
import { DeviceName } from '../app/device-name.js';
import { sessionHref } from '../app/route.js';
import { dateTimeText, parseTime } from '../app/time.js';
import { lengthOf, stateOf } from './session-words.js';

interface Props {
  readonly rows: readonly SessionRow[];
  /** By the server's clock, ms since 1970: how long an open one lasts already. */
  readonly now: number;
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (session: string, chosen: boolean) => void;
}

export function SessionsTable({ rows, now, chosen, onChoose }: Props) {
  return (
    <table class="sessions">
      <caption class="unseen">Recorded sessions, the latest first</caption>
      <thead>
        <tr>
          <th scope="col" class="pick">
            <span class="unseen">To compare</span>
          </th>
          <th scope="col">Start</th>
          <th scope="col">Length</th>
          <th scope="col">Meter</th>
          <th scope="col">Source</th>
          <th scope="col">Profile</th>
          <th scope="col" class="number">
            Readings
          </th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Row
            key={row.session_uid}
            row={row}
            now={now}
            chosen={chosen.has(row.session_uid)}
            onChoose={onChoose}
          />
        ))}
      </tbody>
    </table>
  );
}

function Row({
  row,
  now,
  chosen,
  onChoose,
}: {
  row: SessionRow;
  now: number;
  chosen: boolean;
  onChoose: Props['onChoose'];
}) {
  const started = parseTime(row.started_at);
  const name = started === null ? row.session_uid : dateTimeText(started);
  const state = stateOf(row);
  return (
    <tr data-emulated={row.emulated || undefined}>
      <td class="pick">
        <input
          type="checkbox"
          checked={chosen}
          aria-label={`Compare the session of ${name}`}
          onChange={(event) => onChoose(row.session_uid, event.currentTarget.checked)}
        />
      </td>
      <th scope="row">
        <a href={sessionHref(row.session_uid)}>{name}</a>
        {row.emulated && <span class="tag emulated-tag">EMULATED</span>}
      </th>
      <td data-name="Length">{lengthOf(row, now)}</td>
      <td data-name="Meter">
        <DeviceName model={row.model} serial={row.serial} unknown="meter not known" />
      </td>
      <td data-name="Source">{row.source ?? NOTHING}</td>
      <td data-name="Profile">{row.profile ?? NOTHING}</td>
      <td data-name="Readings" class="number">
        {countText(row.measurement_count)}
        {row.recovered_count > 0 && (
          <span class="quiet"> ({countText(row.recovered_count)} recovered)</span>
        )}
      </td>
      <td data-name="State">
        <span class="tag" data-end={state}>
          {state}
        </span>
      </td>
    </tr>
  );
}
