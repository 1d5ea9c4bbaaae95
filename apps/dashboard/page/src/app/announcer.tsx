import { Topic } from './topic.js';
import { useTopic } from './use-topic.js';

const topic = new Topic();
let said = '';

/** Told to who listens to the page: changes of state, results of what was done; never each reading. */
export function announce(text: string): void {
  said = text;
  topic.changed();
}

export function Announcer() {
  useTopic(topic);
  return (
    <p class="unseen" role="status" aria-live="polite" aria-label="Changes">
      {said}
    </p>
  );
}
