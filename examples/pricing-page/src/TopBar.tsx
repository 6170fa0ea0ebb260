// The bar on top: the product's name, its pages, whom they are about, and the way in and out.
import { type Address, go, Link } from './address';
import type { Session } from './use-session';

interface TopBarProps {
  session: Session;
  page: Address['page'];
  organizationId: string | undefined;
  onSignOut: () => void;
}

export function TopBar({ session, page, organizationId, onSignOut }: TopBarProps) {
  const isSignedIn = session.kind === 'signed-in';
  const link = (to: 'plans' | 'billing', name: string) => (
    <Link to={{ page: to, organizationId }} aria-current={page === to ? 'page' : undefined}>
      {name}
    </Link>
  );
  return (
    <header className="top-bar">
      <Link className="brand" to={{ page: 'plans', organizationId }}>
        <Logo />
        Relay
      </Link>
      <nav className="pages" aria-label="Pages">
        {link('plans', 'Plans')}
        {isSignedIn && link('billing', 'Billing')}
      </nav>
      {isSignedIn && session.organizations.length > 0 && (
        <fieldset className="switch">
          <legend className="visually-hidden">Bill</legend>
          {[{ id: undefined, name: 'Personal' }, ...session.organizations].map(({ id, name }) => (
            <label key={name} className="switch-choice">
              <input
                type="radio"
                name="subject"
                checked={id === organizationId}
                onChange={() => go({ page: page === 'billing' ? page : 'plans', organizationId: id })}
              />
              <span>{name}</span>
            </label>
          ))}
        </fieldset>
      )}
      <div className="who">
        {isSignedIn && (
          <>
            <span className="who-email">{session.user.email}</span>
            <button type="button" className="button button-quiet" onClick={onSignOut}>
              Sign out
            </button>
          </>
        )}
        {session.kind === 'signed-out' && (
          <Link className="button" to={{ page: 'sign-in', organizationId }}>
            Sign in
          </Link>
        )}
      </div>
    </header>
  );
}

export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M10 22V10h7a4 4 0 0 1 0 8h-7m6 0 6 4" />
    </svg>
  );
}
