'use client';
// The button under PolarCheckoutButton and PolarCustomerPortal: opens a session on click and leaves the page.
import {
  type ButtonHTMLAttributes,
  forwardRef,
  type MouseEvent,
  type ReactNode,
  type SyntheticEvent,
  useContext,
  useEffect,
} from 'react';
import { announce } from '../js/announce.js';
import { errorText } from '../js/error-text.js';
import type { CallOptions, PolarClient, PolarError } from '../js/index.js';
import type { Localization } from '../js/localization.js';
import { PolarContext } from './context.js';
import { Part } from './part.js';
import { useAction } from './useAction.js';

/** What both buttons take beside their own props. All else is passed to the `<button>`. */
export interface RedirectButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'onError'> {
  /** Renders the only child in place of the `<button>`, with the button's props merged into its own. Default false. */
  asChild?: boolean | undefined;
  /** Shown in place of `children` from the click until the page is left, but with `asChild`. Default `Loading...`. */
  pendingChildren?: ReactNode;
  /**
   * Shown in place of `children` from a failed try to the next one, but with `asChild`. A function makes it of the error. Where it
   * is text, screen readers are told the same. Default: `children`.
   */
  errorChildren?: ReactNode | ((error: PolarError) => ReactNode);
  /**
   * Told why the session could not be opened. Without it the error goes to the console, and what to do into the button's `title`.
   * Screen readers are told either way: whoever only logs it would leave them with silence, and hearing it twice does no harm.
   */
  onError?: ((error: PolarError) => void) | undefined;
}

interface Props extends RedirectButtonProps {
  polar: PolarClient;
  /** Whom the session is opened for, where the client's own subject is not meant. */
  organizationId: string | undefined;
  /** What stands on it where it has no children, in the provider's language if there is one. */
  text: (words: Localization | undefined) => string;
  /** Opens the session and starts the navigation. */
  open: (call: CallOptions, words: Localization | undefined) => Promise<unknown>;
  /** Whether the page is left when `open` resolves. Default true. */
  leaves?: boolean | undefined;
}

export const RedirectButton = forwardRef<HTMLButtonElement, Props>(function RedirectButton(
  {
    polar,
    organizationId,
    text,
    open,
    leaves = true,
    onClick,
    onError,
    pendingChildren,
    errorChildren,
    disabled,
    children,
    ...rest
  },
  ref,
) {
  const { localization: words } = useContext(PolarContext);
  const { state, running, start } = useAction(polar, organizationId);
  const { name, error } = state;
  const failed = error && !rest.asChild && (typeof errorChildren === 'function' ? errorChildren(error) : errorChildren);
  const said = error && (typeof failed === 'string' ? failed : errorText(words, error));
  useEffect(() => {
    if (said) announce(said);
  }, [said]);

  const handleClick = async (event: MouseEvent<HTMLButtonElement>) => {
    if (running.current) return event.preventDefault();
    onClick?.(event);
    if (event.defaultPrevented) return;
    // A link in its place must not lead away on its own.
    if (rest.asChild) event.preventDefault();
    const caught = await start((call) => open(call, words), leaves);
    if (caught) (onError ?? console.error)(caught);
  };

  const preload =
    <Event extends SyntheticEvent>(own: ((event: Event) => void) | undefined) =>
    (event: Event) => {
      own?.(event);
      polar.preload();
    };

  const pending = name === 'pending';
  return (
    <Part
      tag="button"
      title={onError || failed ? undefined : said}
      {...rest}
      ref={ref}
      data-state={name}
      aria-busy={pending || undefined}
      // While it is pending, `disabled` itself would take the focus away.
      aria-disabled={pending || rest['aria-disabled']}
      disabled={disabled}
      onClick={handleClick}
      onPointerEnter={preload(rest.onPointerEnter)}
      onFocus={preload(rest.onFocus)}
    >
      {pending && !rest.asChild
        ? (pendingChildren ?? words?.checkout.opening ?? 'Loading...')
        : failed || (children ?? text(words))}
    </Part>
  );
});
