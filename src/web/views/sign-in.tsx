import { useState } from 'preact/hooks';
import { whySignedOut } from '../api/session.js';
import { signIn } from '../api/sign-in.js';
import { FailureNote } from '../ui/failure.js';
import { Field } from '../ui/field.js';
import { useAction } from '../ui/use-action.js';

/** Asks who is there. The token stays in this page's memory. */
export function SignIn() {
  const [token, setToken] = useState('');
  const { busy, failure, run } = useAction();
  return (
    <main class="sign-in">
      <h1>virtwarden</h1>
      <p class="muted">No VM can impersonate another, and the service proves it.</p>
      {whySignedOut.value !== '' && !failure && (
        <div class="note warn" role="status">
          {whySignedOut.value}
        </div>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          run(() => signIn(token.trim()));
        }}
      >
        <Field
          label="Token"
          hint="It is kept in this page only: reloading the page forgets it."
          type="password"
          required
          value={token}
          onInput={setToken}
        />
        <FailureNote failure={failure} />
        <div class="actions">
          <button type="submit" class="primary" disabled={busy}>
            Sign in
          </button>
          {location.protocol === 'https:' && (
            <button type="button" disabled={busy} onClick={() => run(() => signIn(undefined))}>
              Use my certificate
            </button>
          )}
        </div>
      </form>
      <p class="muted">
        The first start of the service says where it has put the admin token;{' '}
        <code>virtwarden token create</code> makes more. The API is described at <a href="/docs">/docs</a>.
      </p>
    </main>
  );
}
