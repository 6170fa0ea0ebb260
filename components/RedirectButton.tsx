'use client';
// The button under PolarCheckoutButton and PolarCustomerPortal: opens a session on click and leaves the page.
import {
  type ButtonHTMLAttributes,
  forwardRef,
  type MouseEvent,
  type ReactNode,
  type SyntheticEvent,
  useState,
} from 'react';
import { asPolarError } from '../js/errors.js';
import type { CallOptions, PolarClient, PolarError } from '../js/index.js';
import { useUnderWay, useVisit } from './useVisit.js';

/** What both buttons take beside their own props. All else is passed to the `<button>`. */
export interface RedirectButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'onError'> {
  /** Shown in place of `children` from the click until the page is left. Default `Loading...`. */
  pendingChildren?: ReactNode;
  /** Told why the session could not be opened. Without it the error goes to the console and into the button's `title`. */
  onError?: ((error: PolarError) => void) | undefined;
}

interface Props extends RedirectButtonProps {
  polar: PolarClient;
  /** Whom the session is opened for, where the client's own subject is not meant. */
  organizationId: string | undefined;
  /** Opens the session and starts the navigation. */
  open: (call: CallOptions) => Promise<void>;
}

type State = { name: 'idle' | 'pending' } | { name: 'error'; error: PolarError };

const IDLE: State = { name: 'idle' };

export const RedirectButton = forwardRef<HTMLButtonElement, Props>(function RedirectButton(
  { polar, organizationId, open, onClick, onError, pendingChildren = 'Loading...', disabled, children, ...rest },
  ref,
) {
  const visit = useVisit(polar, organizationId);
  // State is one render late, which a double click outruns.
  const running = useUnderWay(polar, visit);
  const [last, setLast] = useState<{ state: State; visit: string }>({ state: IDLE, visit });
  const state = last.visit === visit ? last.state : IDLE;
  const setState = (next: State) => setLast({ state: next, visit });

  const handleClick = async (event: MouseEvent<HTMLButtonElement>) => {
    if (running.current) {
      event.preventDefault();
      return;
    }
    onClick?.(event);
    if (event.defaultPrevented) return;
    const current = new AbortController();
    running.current = current;
    setState({ name: 'pending' });
    try {
      await open({ signal: current.signal });
      // Pending until the browser has left: a click in between would open a second session.
    } catch (caught) {
      if (running.current !== current) return;
      const error = asPolarError(caught);
      running.current = undefined;
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
      // While it is pending, `disabled` itself would take the focus away.
      aria-disabled={pending || rest['aria-disabled']}
      disabled={disabled}
      onClick={handleClick}
      onPointerEnter={preload(rest.onPointerEnter)}
      onFocus={preload(rest.onFocus)}
    >
      {pending ? pendingChildren : children}
    </button>
  );
});
