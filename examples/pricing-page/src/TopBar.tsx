// The bar on top: the product's name, whom the page is about, and the way out.
import type { Organization, User } from './plinto-client';

interface TopBarProps {
  user: User;
  organizations: Organization[];
  chosen: string | undefined;
  onChoose: (organizationId: string | undefined) => void;
  onSignOut: () => void;
}

export function TopBar({ user, organizations, chosen, onChoose, onSignOut }: TopBarProps) {
  const subjects = [{ id: undefined, name: 'Personal' }, ...organizations];
  return (
    <header className="top-bar">
      <a className="brand" href="/">
        <Logo />
        Relay
      </a>
      {organizations.length > 0 && (
        <fieldset className="switch">
          <legend className="visually-hidden">Bill</legend>
          {subjects.map(({ id, name }) => (
            <label key={name} className="switch-choice">
              <input type="radio" name="subject" checked={id === chosen} onChange={() => onChoose(id)} />
              <span>{name}</span>
            </label>
          ))}
        </fieldset>
      )}
      <div className="who">
        <span className="who-email">{user.email}</span>
        <button type="button" className="button button-quiet" onClick={onSignOut}>
          Sign out
        </button>
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
