'use client';
// The button under PolarCheckoutButton and PolarCustomerPortal: opens a session on click and leaves the page.
import { type ButtonHTMLAttributes, forwardRef, type MouseEvent, type ReactNode, type SyntheticEvent } from 'react';
import type { CallOptions, PolarClient, PolarError } from '../js/index.js';
import { useAction } from './useAction.js';

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

export const RedirectButton = forwardRef<HTMLButtonElement, Props>(function RedirectButton(
  { polar, organizationId, open, onClick, onError, pendingChildren = 'Loading...', disabled, children, ...rest },
  ref,
) {
  const { state, running, start } = useAction(polar, organizationId);

  const handleClick = async (event: MouseEvent<HTMLButtonElement>) => {
    if (running.current) {
      event.preventDefault();
      return;
    }
    onClick?.(event);
    if (event.defaultPrevented) return;
    const error = await start(open, true);
    if (!error) return;
    if (onError) onError(error);
    else console.error(error);
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
