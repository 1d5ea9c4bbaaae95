import type { System } from '../../../src/api/system.js';
import { Fact } from '../app/fact.js';
import { bytesText, countOf, durationText } from '../app/format.js';
import { Scroll } from '../app/scroll.js';
import { dateTimeText, momentText, parseTime } from '../app/time.js';
import { Reasons } from '../live/reasons.js';
import { figureList, uncommittedIn } from './figure-words.js';

type Bench = System['benches'][number];
type Process = Bench['processes'][number];

/**
 * One configuration: its processes, what waits where, and how much room there is. `now`: by the server's clock, which
 * all times in `bench` are of, ms since 1970.
 */
export function BenchPanel({ bench, now }: { bench: Bench; now: number }) {
  const id = `bench-${bench.name}`;
  const same = bench.source === bench.name;
  return (
    <section class="panel bench" aria-labelledby={id}>
      <h2 id={id}>
        {bench.source} {!same && <span class="quiet">configuration {bench.name}</span>}
      </h2>
      <ul class="processes">
        {bench.processes.map((process) => (
          <ProcessCard key={process.name} process={process} />
        ))}
      </ul>
      <Figures bench={bench} now={now} />
      <Databases bench={bench} now={now} />
      <Unreadable problems={bench.problems} />
      <Recoveries bench={bench} />
    </section>
  );
}

function ProcessCard({ process }: { process: Process }) {
  const figures = figureList(process.figures);
  return (
    <li class="process" data-status={process.status.replace(' ', '-')}>
      <h3>{process.name}</h3>
      <p class="process-status">{process.status === 'off' ? 'not asked' : process.status}</p>
      <Reasons reasons={process.reasons} />
      {figures.length > 0 && (
        <details>
          <summary>
            All figures<span class="unseen"> of {process.name}</span>
          </summary>
          <dl class="figures">
            {figures.map(({ name, text }) => (
              <Fact key={name} name={name}>
                {text}
              </Fact>
            ))}
          </dl>
        </details>
      )}
    </li>
  );
}

function Figures({ bench, now }: { bench: Bench; now: number }) {
  const { spool, buffers, archive, disks, processes } = bench;
  const writer = processes.find((process) => process.name === 'writer');
  const uncommitted = writer === undefined ? null : uncommittedIn(writer.figures);
  return (
    <dl class="facts wide">
      <Fact name="Spool (waits for the writer)">
        <FillBar
          name="Spool"
          part={spool.bytes / Math.max(1, spool.max_bytes)}
          high={0.8}
          text={`${bytesText(spool.bytes)} of ${bytesText(spool.max_bytes)}`}
        />
      </Fact>
      <Fact name="Buffers (wait for the database)">
        {countOf(buffers.files, 'file')}, {bytesText(buffers.bytes)}
      </Fact>
      <Fact name="Last made durable">{agoText(buffers.last_sync, now)}</Fact>
      <Fact name="Not yet in the database">
        {uncommitted === null ? 'not known' : countOf(uncommitted, 'record')}
      </Fact>
      <Fact name="Archive">
        {countOf(archive.files, 'file')}, {bytesText(archive.bytes)}
      </Fact>
      {disks.map(({ path, free_bytes, total_bytes }) => (
        <Fact key={path} name={`Disk of ${path}`}>
          <FillBar
            name={`Disk of ${path}, used`}
            part={1 - free_bytes / Math.max(1, total_bytes)}
            high={0.95}
            text={`${bytesText(free_bytes)} free of ${bytesText(total_bytes)}`}
          />
        </Fact>
      ))}
    </dl>
  );
}

/** `high`: from which part on it is too full; a little before it is worth a look. */
function FillBar(of: { name: string; part: number; high: number; text: string }) {
  const part = Math.min(1, Math.max(0, of.part));
  return (
    <>
      <meter
        aria-label={of.name}
        min={0}
        max={1}
        low={of.high - 0.1}
        high={of.high}
        optimum={0}
        value={part}
      />
      <span>{of.text}</span>
    </>
  );
}

function Databases({ bench, now }: { bench: Bench; now: number }) {
  if (bench.databases.length === 0) return null;
  return (
    <Scroll label={`Databases of ${bench.source}`}>
      <table>
        <caption>Databases</caption>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col">For</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">Last commit</th>
          </tr>
        </thead>
        <tbody>
          {bench.databases.map(({ path, emulated, bytes, last_commit }) => (
            <tr key={path}>
              <th scope="row" class="mono">
                {path}
              </th>
              <td>{emulated ? 'emulated readings' : 'real readings'}</td>
              <td class="number">{bytesText(bytes)}</td>
              <td>{agoText(last_commit, now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Unreadable({ problems }: { problems: Bench['problems'] }) {
  return (
    <>
      {problems.map((problem) => (
        <p class="problem" key={problem}>
          <bdi>{problem}</bdi>
        </p>
      ))}
    </>
  );
}

function Recoveries({ bench }: { bench: Bench }) {
  const { recoveries, problems } = bench;
  const none =
    problems.length === 0
      ? 'None: no crash left anything to be replayed.'
      : 'Not known: a database that would say it cannot be read.';
  return (
    <>
      <h3>Recent recoveries</h3>
      {recoveries.length === 0 ? (
        <p class="quiet">{none}</p>
      ) : (
        <ul class="plain-list">
          {recoveries.map(({ at, level, message }) => {
            const when = parseTime(at);
            return (
              <li key={`${at} ${message}`} data-level={level}>
                <time dateTime={at}>{when === null ? at : dateTimeText(when)}</time> ·{' '}
                <bdi>{message}</bdi>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}

function agoText(text: string | null, now: number): string {
  const at = parseTime(text);
  if (at === null) return 'not since it runs';
  return `${momentText(at, now)}, ${durationText(now - at)} ago`;
}
