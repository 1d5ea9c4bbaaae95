import { useState } from 'preact/hooks';
import type { Mark } from '../../../src/api/readings.js';
import { addNote } from '../api/endpoints.js';
import { failureOf, type Failure } from '../api/failure.js';
import { announce } from '../app/announcer.js';
import { Dialog } from '../app/dialog.js';
import { Problem } from '../app/problem.js';
import { recall, remember } from '../app/remember.js';
import { dateTimeText } from '../app/time.js';

interface Props {
  readonly session: string;
  /** What moment it is about, ms since 1970. */
  readonly at: number;
  readonly onClose: () => void;
  readonly onAdded: (mark: Mark) => void;
}

/** A note on one moment of a session. */
export function NoteDialog({ session, at, onClose, onAdded }: Props) {
  const [text, setText] = useState('');
  const [author, setAuthor] = useState(recall('author') ?? '');
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [later, setLater] = useState<string | null>(null);

  async function keep(): Promise<void> {
    const [said, who, moment] = [text.trim(), author.trim(), Math.round(at)];
    // Keys that are held down ask again and again.
    if (said === '' || busy) return;
    setBusy(true);
    setFailure(null);
    try {
      const added = await addNote(session, {
        text: said,
        ...(who !== '' && { author: who }),
        at: moment,
      });
      remember('author', who);
      onAdded({
        kind: 'note',
        session,
        at: moment,
        until: null,
        level: 'info',
        text: said,
        author: who === '' ? null : who,
      });
      announce('The note is kept.');
      if (added.stored) onClose();
      else setLater(added.reason ?? 'the database is busy');
    } catch (error) {
      setFailure(failureOf(error));
    } finally {
      setBusy(false);
    }
  }

  if (later !== null)
    return (
      <Dialog title="The note is kept" onClose={onClose}>
        <p>
          It rests in a journal beside the database, which takes it as soon as it can. Why not now:{' '}
          {later}
        </p>
        <div class="buttons">
          <button type="button" class="primary" onClick={onClose}>
            Good
          </button>
        </div>
      </Dialog>
    );
  return (
    <Dialog title="Add a note" onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void keep();
        }}
      >
        <p class="quiet">On {dateTimeText(at)}</p>
        <label>
          Note
          <textarea
            rows={4}
            maxLength={2000}
            required
            autofocus
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void keep();
            }}
          />
        </label>
        <label>
          Your name (may stay empty)
          <input
            maxLength={100}
            autocomplete="name"
            value={author}
            onInput={(event) => setAuthor(event.currentTarget.value)}
          />
        </label>
        {failure !== null && <Problem failure={failure} />}
        <div class="buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={busy || text.trim() === ''}>
            {busy ? 'Keeping…' : 'Keep the note'}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
