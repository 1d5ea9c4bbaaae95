import { STATE_NAMES, type RecordingState } from './recording.js';

/** A word and a shape: the colour only underlines it. */
export function StateBadge({ state }: { state: RecordingState }) {
  return (
    <span class="state" data-state={state}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <Shape state={state} />
      </svg>
      {STATE_NAMES[state]}
    </span>
  );
}

function Shape({ state }: { state: RecordingState }) {
  switch (state) {
    case 'recording':
      return <circle cx="8" cy="8" r="6" fill="currentColor" />;
    case 'kept':
      return (
        <>
          <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" stroke-width="2" />
          <path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" />
        </>
      );
    case 'not_recording':
      return <rect x="2.5" y="2.5" width="11" height="11" fill="currentColor" />;
    case 'unknown':
      return (
        <circle
          cx="8"
          cy="8"
          r="5.5"
          fill="none"
          stroke="currentColor"
          stroke-width="2"
          stroke-dasharray="3 2.5"
        />
      );
  }
}
