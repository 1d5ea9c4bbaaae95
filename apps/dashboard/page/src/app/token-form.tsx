import { useState } from 'preact/hooks';
import { login } from '../api/endpoints.js';
import { failureOf, type Failure } from '../api/failure.js';
import { Problem } from './problem.js';
import { useTitle } from './use-title.js';

/** The server listens wider than to its own machine, and says nothing without the token that it printed. */
export function TokenForm({ entered }: { entered: () => void }) {
  const [token, setToken] = useState('');
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  useTitle('Token needed – Elmetron');

  async function enter(): Promise<void> {
    setBusy(true);
    try {
      await login(token.trim());
      entered();
    } catch (error) {
      setFailure(failureOf(error));
      setBusy(false);
    }
  }

  return (
    <form
      class="token panel"
      onSubmit={(event) => {
        event.preventDefault();
        if (token.trim() !== '' && !busy) void enter();
      }}
    >
      <h1>This server asks for its token</h1>
      <p>
        It listens to other computers as well. The token stands in its configuration; who runs the
        bench can give it to you. This browser remembers that you had it.
      </p>
      <label>
        Token
        <input
          type="password"
          autocomplete="current-password"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
          required
        />
      </label>
      {failure !== null && <Problem failure={failure} />}
      <button type="submit" class="primary" disabled={busy}>
        {busy ? 'Asking…' : 'Enter'}
      </button>
    </form>
  );
}
