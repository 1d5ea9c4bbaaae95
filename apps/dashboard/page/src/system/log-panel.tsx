import { useState } from 'preact/hooks';
import type { LogLines, System } from '../../../src/api/system.js';
import { getLog } from '../api/endpoints.js';
import { countText } from '../app/format.js';
import { Problem } from '../app/problem.js';
import { Scroll } from '../app/scroll.js';
import { Segmented } from '../app/segmented.js';
import { momentText, parseTime } from '../app/time.js';
import { useAnswer } from '../app/use-answer.js';

const LEVELS = [
  { value: 'all', label: 'All' },
  { value: 'warn', label: 'Warnings' },
  { value: 'error', label: 'Errors' },
] as const;

type Level = (typeof LEVELS)[number]['value'];

const WEIGHT: Readonly<Record<string, number>> = { warn: 1, error: 2, fatal: 2 };

/** The last lines that a process has written. */
export function LogPanel({ benches }: { benches: System['benches'] }) {
  const all = benches.flatMap((bench) =>
    bench.processes.map(({ name }) => ({
      key: `${bench.name}/${name}`,
      bench: bench.name,
      process: name,
      label: benches.length > 1 ? `${bench.source}: ${name}` : name,
    })),
  );
  const [key, setKey] = useState(all[0]?.key ?? '');
  const [level, setLevel] = useState<Level>('all');
  const chosen = all.find((one) => one.key === key) ?? all[0];
  const { value, failure, busy, again } = useAnswer(chosen?.key ?? '', (signal) =>
    getLog({ bench: chosen?.bench ?? '', process: chosen?.process ?? '', lines: 200 }, signal),
  );
  return (
    <section class="panel" aria-labelledby="log-title">
      <h2 id="log-title">Log</h2>
      <div class="toolbar">
        <label class="choice">
          <span>Of</span>
          <select value={chosen?.key ?? ''} onChange={(event) => setKey(event.currentTarget.value)}>
            {all.map((one) => (
              <option key={one.key} value={one.key}>
                {one.label}
              </option>
            ))}
          </select>
        </label>
        <Segmented label="Which lines" value={level} options={LEVELS} onChange={setLevel} />
        <span class="push" />
        <button type="button" disabled={busy} onClick={again}>
          {busy ? 'Reading…' : 'Read again'}
        </button>
      </div>
      {failure !== null && <Problem failure={failure} again={again} />}
      {value !== null && <Lines log={value} level={level} />}
    </section>
  );
}

function Lines({ log, level }: { log: LogLines; level: Level }) {
  const least = level === 'all' ? -1 : (WEIGHT[level] ?? 0);
  const shown = log.lines.filter((line) => (WEIGHT[line.level] ?? 0) >= least).toReversed();
  return (
    <>
      {log.note !== null && <p class="quiet">{log.note}</p>}
      {shown.length === 0 && (
        <p class="quiet">
          {log.lines.length === 0
            ? 'There are no lines.'
            : `None of the last ${countText(log.lines.length)} lines is so grave.`}
        </p>
      )}
      {shown.length > 0 && (
        <Scroll label="Lines of the log" look="log">
          <table>
            <caption class="unseen">The last lines, the newest first</caption>
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Level</th>
                <th scope="col">What</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((line, i) => (
                <Line key={`${line.at ?? ''} ${i}`} line={line} />
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
      {log.file !== null && <p class="quiet mono">{log.file}</p>}
    </>
  );
}

function Line({ line }: { line: LogLines['lines'][number] }) {
  const at = parseTime(line.at);
  const more = line.fields === '' || line.fields === '{}' ? null : line.fields;
  return (
    <tr data-level={line.level}>
      <td>{at === null ? '' : momentText(at, Date.now())}</td>
      <td>{line.level}</td>
      <td>
        <bdi>{line.message}</bdi>
        {more !== null && (
          <span class="mono quiet fields">
            {' '}
            <bdi>{more}</bdi>
          </span>
        )}
      </td>
    </tr>
  );
}
