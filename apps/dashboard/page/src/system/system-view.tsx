import type { System } from '../../../src/api/system.js';
import { getSystem } from '../api/endpoints.js';
import { Problem } from '../app/problem.js';
import { clockText, parseTime } from '../app/time.js';
import { useAnswer } from '../app/use-answer.js';
import { useTitle } from '../app/use-title.js';
import { BenchPanel } from './bench-panel.js';
import { LogPanel } from './log-panel.js';

const EVERY_MS = 5000;

const LEVELS: Readonly<Record<System['verdict']['level'], string>> = {
  ok: 'OK',
  degraded: 'Needs attention',
  critical: 'Act now',
};

/** Whether all is well and, if not, what to do. */
export function SystemView() {
  const { value, failure, again } = useAnswer('system', getSystem, EVERY_MS);
  useTitle(`${value === null ? 'System' : `${LEVELS[value.verdict.level]} – System`} – Elmetron`);
  return (
    <>
      <h1 class="unseen">System</h1>
      {failure !== null && <Problem failure={failure} again={again} />}
      {value === null && failure === null && <p class="quiet">Asking how all is…</p>}
      {value !== null && (
        <>
          <Verdict system={value} />
          {value.benches.map((bench) => (
            <BenchPanel key={bench.name} bench={bench} now={parseTime(value.at) ?? Date.now()} />
          ))}
          {value.benches.length > 0 && <LogPanel benches={value.benches} />}
        </>
      )}
    </>
  );
}

function Verdict({ system: { at, verdict } }: { system: System }) {
  const seen = parseTime(at);
  return (
    <section class="verdict" data-level={verdict.level} aria-labelledby="verdict-title">
      <VerdictSign level={verdict.level} />
      <div>
        <p class="verdict-level">{LEVELS[verdict.level]}</p>
        <h2 id="verdict-title">{verdict.title}</h2>
        {verdict.advice.length > 0 && (
          <>
            <h3>What to do</h3>
            <ol>
              {verdict.advice.map((advice) => (
                <li key={advice}>{advice}</li>
              ))}
            </ol>
          </>
        )}
        {seen !== null && <p class="quiet">Looked at {clockText(seen)}; looks again by itself.</p>}
      </div>
    </section>
  );
}

function VerdictSign({ level }: { level: System['verdict']['level'] }) {
  return (
    <svg class="verdict-sign" viewBox="0 0 48 48" width="72" height="72" aria-hidden="true">
      {level === 'ok' && (
        <>
          <circle cx="24" cy="24" r="21" fill="none" stroke="currentColor" stroke-width="4" />
          <path d="M14 25l7 7 13-15" fill="none" stroke="currentColor" stroke-width="5" />
        </>
      )}
      {level === 'degraded' && (
        <>
          <path
            d="M24 5l20 37H4z"
            fill="none"
            stroke="currentColor"
            stroke-width="4"
            stroke-linejoin="round"
          />
          <path d="M24 18v12M24 33.5v4" stroke="currentColor" stroke-width="5" />
        </>
      )}
      {level === 'critical' && (
        <>
          <path d="M15 3h18l12 12v18L33 45H15L3 33V15z" fill="currentColor" />
          <path d="M24 12v16M24 32v5" class="sign-inside" stroke-width="5" />
        </>
      )}
    </svg>
  );
}
