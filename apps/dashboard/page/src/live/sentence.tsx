import type { Meter } from '../../../src/api/live.js';
import { clockText } from '../app/time.js';
import { useTopic } from '../app/use-topic.js';
import { useStore } from './use-store.js';

/** Whether it is recorded, and why not; of what was so before the connection was lost, since when that is not known. */
export function Sentence({ recording }: { recording: Meter['recording'] }) {
  const store = useStore();
  useTopic(store.connectionTopic);
  const { lostAt } = store.connection.link;
  return (
    <p class="sentence">
      {lostAt !== null && `Not known since ${clockText(lostAt)}; then: `}
      <bdi>{recording.message}</bdi>
    </p>
  );
}
