import { useState } from 'preact/hooks';
import type { Session } from '../../../src/api/sessions.js';
import { setMetadata } from '../api/endpoints.js';
import { failureOf, type Failure } from '../api/failure.js';
import { announce } from '../app/announcer.js';
import { Problem } from '../app/problem.js';
import { recall } from '../app/remember.js';

interface Props {
  readonly session: string;
  readonly metadata: Session['metadata'];
  readonly onChanged: () => void;
}

/** What people say about a session beside its readings: sample, operator, batch. */
export function Metadata({ session, metadata, onChanged }: Props) {
  const [failure, setFailure] = useState<Failure | null>(null);
  const [later, setLater] = useState<string | null>(null);
  const [key, setKey] = useState('');
  const [value, setValue] = useState('');
  const [busy, setBusy] = useState(false);

  async function put(name: string, content: string | null): Promise<void> {
    setBusy(true);
    setFailure(null);
    const author = recall('author') ?? '';
    try {
      const added = await setMetadata(session, {
        key: name,
        value: content,
        ...(author !== '' && { author }),
      });
      setLater(added.stored ? null : (added.reason ?? 'the database is busy'));
      announce(content === null ? `${name} is taken back.` : `${name} is kept.`);
      if (content !== null) {
        setKey('');
        setValue('');
      }
      onChanged();
    } catch (error) {
      setFailure(failureOf(error));
    } finally {
      setBusy(false);
    }
  }

  const entries = Object.entries(metadata);
  return (
    <section class="panel" aria-labelledby="metadata-title">
      <h2 id="metadata-title">Metadata</h2>
      {entries.length === 0 ? (
        <p class="quiet">None yet. Say here what the sample was, who measured, which batch.</p>
      ) : (
        <dl class="metadata">
          {entries.map(([name, content]) => (
            <div key={name}>
              <dt>
                <bdi>{name}</bdi>
              </dt>
              <dd>
                <bdi>{String(content)}</bdi>
                <button
                  type="button"
                  class="plain"
                  disabled={busy}
                  aria-label={`Take back ${name}`}
                  title="Take back"
                  onClick={() => void put(name, null)}
                >
                  ✕
                </button>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {failure !== null && <Problem failure={failure} />}
      {later !== null && (
        <p class="quiet" role="status">
          It is kept in a journal beside the database, which takes it as soon as it can: {later}
        </p>
      )}
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          if (key.trim() !== '' && !busy) void put(key.trim(), value);
        }}
      >
        <label>
          Key
          <input
            maxLength={100}
            required
            value={key}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        <label>
          Value
          <input
            maxLength={1000}
            value={value}
            onInput={(event) => setValue(event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={busy || key.trim() === ''}>
          Add
        </button>
      </form>
    </section>
  );
}
