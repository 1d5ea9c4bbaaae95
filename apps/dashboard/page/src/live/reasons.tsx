import type { Reason } from '../../../src/api/live.js';

/** What is not as it should be, and what to do about it; `said`: what stands above it already. */
export function Reasons({ reasons, said }: { reasons: readonly Reason[]; said?: string }) {
  if (reasons.length === 0) return null;
  return (
    <ul class="reasons" aria-label="What is not well">
      {reasons.map(({ code, level, message, advice }) => (
        <li key={`${code} ${message}`} data-level={level}>
          {message !== said && (
            <strong>
              <bdi>{message}</bdi>
            </strong>
          )}
          {advice !== '' && (
            <span class="advice">
              {' '}
              What to do: <bdi>{advice}</bdi>
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}
