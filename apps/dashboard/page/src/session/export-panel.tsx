import { useState } from 'preact/hooks';
import { exportHref, type ExportOf } from '../api/endpoints.js';
import { Segmented } from '../app/segmented.js';
import type { View } from '../charts/zoom.js';

const FORMATS = [
  { format: 'csv', name: 'CSV', of: 'for any spreadsheet' },
  { format: 'xlsx', name: 'Excel', of: 'a workbook' },
  { format: 'jsonl', name: 'JSON lines', of: 'for programs' },
  { format: 'parquet', name: 'Parquet', of: 'for data analysis' },
] as const;

const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

interface Props {
  readonly session: string;
  /** What of the curve is shown; null: all of it. */
  readonly view: View | null;
}

/** Files to take along: links that the browser downloads as the server streams them. */
export function ExportPanel({ session, view }: Props) {
  const [part, setPart] = useState<'whole' | 'shown'>('whole');
  const [zone, setZone] = useState('');
  const [csv, setCsv] = useState(',.');
  const [separator, decimal] = [csv.slice(0, 1), csv.slice(1)];
  const range =
    part === 'shown' && view !== null
      ? { from: Math.floor(view.from), to: Math.ceil(view.to) }
      : {};
  const hrefOf = (format: ExportOf['format']): string =>
    exportHref(session, {
      format,
      ...range,
      ...(zone !== '' && { time_zone: zone }),
      ...(format === 'csv' && { separator, decimal }),
    });
  return (
    <section class="panel" aria-labelledby="export-title">
      <h2 id="export-title">Export</h2>
      <div class="toolbar">
        <Segmented
          label="How much of it"
          value={part}
          options={[
            { value: 'whole', label: 'Whole session' },
            { value: 'shown', label: 'What is shown' },
          ]}
          onChange={setPart}
        />
        <label class="choice">
          <span>Times in</span>
          <select value={zone} onChange={(event) => setZone(event.currentTarget.value)}>
            <option value="">the server’s time zone</option>
            {HERE !== 'UTC' && <option value={HERE}>{HERE} (here)</option>}
            <option value="UTC">UTC</option>
          </select>
        </label>
        <label class="choice">
          <span>CSV</span>
          <select value={csv} onChange={(event) => setCsv(event.currentTarget.value)}>
            <option value=",.">comma between, 1.5</option>
            <option value=";,">semicolon between, 1,5</option>
            <option value=";.">semicolon between, 1.5</option>
            <option value={'\t.'}>tab between, 1.5</option>
            <option value={'\t,'}>tab between, 1,5</option>
          </select>
        </label>
      </div>
      <ul class="exports">
        {FORMATS.map(({ format, name, of }) => (
          <li key={format}>
            <a class="button" href={hrefOf(format)} download>
              {name}
            </a>
            <span class="quiet">{of}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
