import { useEffect, useState } from 'preact/hooks';
import { isAborted } from '../api/failure.js';

/** What went wrong where nothing else shows it. */
export function Mistakes() {
  const [message, setMessage] = useState<string | null>(null);
  useEffect(() => {
    const failed = ({ message: text }: ErrorEvent): void => {
      // A browser says so when a picture is laid out twice in a frame; nothing is wrong then.
      if (!text.includes('ResizeObserver')) setMessage(text);
    };
    const rejected = ({ reason }: PromiseRejectionEvent): void => {
      if (!isAborted(reason)) setMessage(reason instanceof Error ? reason.message : String(reason));
    };
    window.addEventListener('error', failed);
    window.addEventListener('unhandledrejection', rejected);
    return () => {
      window.removeEventListener('error', failed);
      window.removeEventListener('unhandledrejection', rejected);
    };
  }, []);
  if (message === null) return null;
  return (
    <div class="banner bad" role="alert">
      <p>
        <strong>The page made a mistake:</strong> {message}. What is recorded is not touched by it.
        Load the page again.
      </p>
      <button type="button" onClick={() => setMessage(null)}>
        Close
      </button>
    </div>
  );
}
