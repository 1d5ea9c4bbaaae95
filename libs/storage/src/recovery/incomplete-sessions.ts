/**
 * Sessions that have their end, but not all of what it promises. Their records may still be on their
 * way, in the spool of an acquisition or the buffer of a living writer; so this is told, and not
 * stored as if it were final.
 */
import { failureFields } from './failure.js';
import { inStore, type RecoveryContext } from './recovery-context.js';

export async function incompleteSessions(context: RecoveryContext): Promise<readonly string[]> {
  const incomplete: string[] = [];
  for (const [session, { emulated, measurementCount }] of context.ended) {
    if (context.signal?.aborted === true) break;
    try {
      const state = await inStore(context, emulated, (store) => store.sessionState(session));
      if (state?.complete === true && state.measurements === measurementCount) continue;
      incomplete.push(session);
      context.log.warn(
        { ...state, session, measurementCount },
        'A session has its end, but not all of its records',
      );
    } catch (error) {
      context.log.warn(
        { ...failureFields(error), session },
        'Whether a session is complete could not be checked',
      );
    }
  }
  return incomplete;
}
