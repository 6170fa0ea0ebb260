// Sign-in and sign-up in one card.
import { type FormEvent, useState } from 'react';
import { Link } from './address';
import type { PlintoClient } from './plinto-client';
import { Logo } from './TopBar';

type Mode = 'sign-in' | 'sign-up';

export function AuthForm({ client }: { client: PlintoClient }) {
  const [mode, setMode] = useState<Mode>('sign-in');
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState('');

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const field = (name: string) => String(new FormData(event.currentTarget).get(name) ?? '').trim();
    const credentials = { email: field('email'), password: field('password') };
    const organization = field('organization');
    setPending(true);
    setProblem('');
    try {
      if (mode === 'sign-in') await client.signIn(credentials);
      else {
        const named = organization === '' ? {} : { organization_name: organization };
        await client.signUp({ ...credentials, name: field('name'), ...named });
      }
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
      setPending(false);
    }
  }

  const signingUp = mode === 'sign-up';
  return (
    <main className="auth">
      <div className="auth-brand">
        <Link to={{ page: 'plans', organizationId: undefined }} aria-label="Relay">
          <Logo />
        </Link>
        <h1>{signingUp ? 'Create your account' : 'Welcome back'}</h1>
        <p className="muted">
          {signingUp ? 'Free to start. No card needed.' : 'Sign in to Relay to manage your plan.'}
        </p>
      </div>
      <form className="card auth-card" onSubmit={(event) => void submit(event)} aria-busy={pending}>
        {signingUp && <Field label="Name" name="name" autoComplete="name" required />}
        <Field label="Email" name="email" type="email" autoComplete="email" required />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete={signingUp ? 'new-password' : 'current-password'}
          minLength={8}
          required
        />
        {signingUp && (
          <Field label="Organization" hint="Optional" name="organization" autoComplete="organization" maxLength={100} />
        )}
        <p className="form-problem" role="alert">
          {problem}
        </p>
        <button type="submit" className="button button-primary" disabled={pending}>
          {signingUp ? 'Create account' : 'Sign in'}
        </button>
      </form>
      <p className="muted auth-other">
        {signingUp ? 'Have an account?' : 'New here?'}{' '}
        <button
          type="button"
          className="link"
          onClick={() => {
            setMode(signingUp ? 'sign-in' : 'sign-up');
            setProblem('');
          }}
        >
          {signingUp ? 'Sign in instead' : 'Create an account'}
        </button>
      </p>
    </main>
  );
}

interface FieldProps extends React.ComponentProps<'input'> {
  label: string;
  hint?: string;
  name: string;
}

function Field({ label, hint, name, ...input }: FieldProps) {
  return (
    <div className="field">
      <label htmlFor={name}>
        {label}
        {hint !== undefined && <span className="muted"> {hint}</span>}
      </label>
      <input id={name} name={name} {...input} />
    </div>
  );
}
