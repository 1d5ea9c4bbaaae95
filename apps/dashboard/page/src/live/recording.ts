/** How the states of recording are called, and which is the worst of several. */
import type { Meter } from '../../../src/api/live.js';

export type RecordingState = Meter['recording']['state'];

export const STATE_NAMES: Readonly<Record<RecordingState, string>> = {
  recording: 'Recording',
  kept: 'Kept, not yet stored',
  not_recording: 'Not recording',
  unknown: 'Unknown',
};

const BY_URGENCY: readonly RecordingState[] = ['not_recording', 'unknown', 'kept', 'recording'];

export const worstOf = (states: readonly RecordingState[]): RecordingState | null =>
  BY_URGENCY.find((state) => states.includes(state)) ?? null;
