import { useLayoutEffect, useState } from 'preact/hooks';
import type { Topic } from './topic.js';

/** Draws the component again whenever the topic has changed. */
export function useTopic(topic: Topic): void {
  const [, seen] = useState(topic.version);
  useLayoutEffect(() => {
    const look = (): void => seen(topic.version);
    // It may have changed between drawing and now.
    look();
    return topic.subscribe(look);
  }, [topic]);
}
