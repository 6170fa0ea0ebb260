'use client';
// The button under PolarCheckoutButton and PolarCustomerPortal: opens a session on click and leaves the page.
import {
  type ButtonHTMLAttributes,
  forwardRef,
  type MouseEvent,
  type ReactNode,
  type SyntheticEvent,
  useEffect,
  useRef,
  useState,
} from 'react';
import { asPolarError } from '../js/errors.js';
import type { PolarClient, PolarError } from '../js/index.js';

/** What both buttons take beside their own props. All else is passed to the `<button>`. */
export interface RedirectButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'onError'> {
  /** Shown in place of `children` from the click until the page is left. Default `Loading...`. */
  pendingChildren?: ReactNode;
  /** Told why the session could not be opened. Without it the error goes to the console and into the button's `title`. */
  onError?: ((error: PolarError) => void) | undefined;
}

interface Props extends RedirectButtonProps {
  polar: PolarClient;
  /** Opens the session and starts the navigation. */
  open: () => Promise<void>;
}

type State = { name: 'idle' | 'pending' } | { name: 'error'; error: PolarError };

export const RedirectButton = forwardRef<HTMLButtonElement, Props>(function RedirectButton(
  { polar, open, onClick, onError, pendingChildren = 'Loading...', disabled, children, ...rest },
  ref,
) {
  const [state, setState] = useState<State>({ name: 'idle' });
  // State is one render late, which a double click outruns.
  const busy = useRef(false);

  useEffect(() => {
    // The back button may bring back this very page, as it was when it was left: pending.
    const revive = (event: PageTransitionEvent) => {
      if (!event.persisted) return;
      busy.current = false;
      setState({ name: 'idle' });
    };
    window.addEventListener('pageshow', revive);
    return () => window.removeEventListener('pageshow', revive);
  }, []);

  const handleClick = async (event: MouseEvent<HTMLButtonElement>) => {
    if (busy.current) return;
    onClick?.(event);
    if (event.defaultPrevented) return;
    busy.current = true;
    setState({ name: 'pending' });
    try {
      await open();
      // Pending until the browser has left: a click in between would open a second session.
    } catch (caught) {
      const error = asPolarError(caught);
      busy.current = false;
      setState({ name: 'error', error });
      if (onError) onError(error);
      else console.error(error);
    }
  };

  const preload =
    <Event extends SyntheticEvent>(own: ((event: Event) => void) | undefined) =>
    (event: Event) => {
      own?.(event);
      polar.preload();
    };

  const pending = state.name === 'pending';
  return (
    <button
      type="button"
      title={state.name === 'error' && !onError ? state.error.message : undefined}
      {...rest}
      ref={ref}
      data-state={state.name}
      aria-busy={pending || undefined}
      disabled={disabled || pending}
      onClick={handleClick}
      onPointerEnter={preload(rest.onPointerEnter)}
      onFocus={preload(rest.onFocus)}
    >
      {pending ? pendingChildren : children}
    </button>
  );
});
