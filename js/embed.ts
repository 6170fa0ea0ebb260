// Polar's checkout within the page: a dialog with their page in a frame, and the messages that the frame sends.
//
// Imports no code, so that bundlers put all of it behind one import(). Source of the protocol: @polar-sh/checkout 0.4.1. What it leaves open is closed here: a frame that is refused is noticed,
// messages are taken from this one frame only, the keyboard stays inside and goes back, and everything can be taken away.

import type { PolarClient, ShowCheckout } from './client.js';
import type { PolarError } from './errors.js';
import type { CallOptions, PolarCheckoutOptions } from './types.js';

/** How far it came: the frame is asked for, is shown, has sent the payment off, and what was bought is granted. */
export type EmbedState = 'loading' | 'loaded' | 'confirmed' | 'success';

/** How it ended: closed at that point; refused by the browser, or taken away by the signal. */
export type EmbedEnd = EmbedState | 'refused' | 'canceled';

/** What Polar says when what was bought is granted. */
export interface EmbedSuccess {
  /** Where the buyer is to go next, with a session for Polar's customer portal in it. */
  successUrl: string | undefined;
  /** Whether the seller named that address. Otherwise Polar's page thanks in place. */
  redirect: boolean;
}

export interface EmbedOptions {
  /** The colors of Polar's page. Default: as the buyer's system has it. */
  theme?: 'light' | 'dark' | undefined;
  /** Of the page's CSP, for the `<style>` that keeps the page behind from scrolling. */
  nonce?: string | undefined;
  /** Takes everything away, at once. */
  signal?: AbortSignal | undefined;
  /** How long to wait for the frame to show itself. Default 10,000. */
  timeoutMs?: number | undefined;
  /** The dialog's name, and what stands in it until Polar's page does. Default: English. */
  texts?: { title: string; loading: string; close: string } | undefined;
  onLoaded?: (() => void) | undefined;
  /** From now on the buyer cannot close it, for half a minute at most. */
  onConfirmed?: (() => void) | undefined;
  /** `close` closes the dialog; left open, it shows Polar's thanks. */
  onSuccess?: ((success: EmbedSuccess, close: () => void) => void) | undefined;
  /** Told when the buyer closes it, before it came to success. */
  onClose?: (() => void) | undefined;
}

/** A payment that was sent off and is not heard of any more must not lock the buyer in. */
const LOCK_MS = 30_000;

/**
 * Shows a checkout that was made with this page's origin as `embedOrigin`. Never rejects: says how it ended.
 * `refused` when the frame does not show itself in time, for instance because a CSP forbids it: send the buyer to `url` then.
 */
export function openEmbeddedCheckout(url: string, options: EmbedOptions = {}): Promise<EmbedEnd> {
  const { theme, nonce, signal, timeoutMs = 10_000, onLoaded, onConfirmed, onSuccess, onClose } = options;
  const { title, loading, close } = options.texts ?? { title: 'Checkout', loading: 'Loading…', close: 'Close' };
  const address = new URL(url);
  address.searchParams.set('embed', 'true');
  address.searchParams.set('embed_origin', location.origin);
  if (theme) address.searchParams.set('theme', theme);
  const { origin } = address;

  return new Promise((resolve) => {
    let state: EmbedState = 'loading';
    let locked: ReturnType<typeof setTimeout> | undefined;
    const focused = document.activeElement;
    const gone = new AbortController();

    // 1. Build it. What it needs to be usable is set on the elements, where no CSP forbids it.
    const dialog = make('dialog', 'embed', `${FRAME}background:rgb(0 0 0/.5);color:#fff;pointer-events:auto`);
    const frame = make('iframe', 'embed-frame', `${FRAME}color-scheme:normal`);
    const status = make('p', 'embed-status', 'position:absolute;inset:50% 0 auto;margin:0;text-align:center');
    const button = make('button', 'embed-close', 'position:absolute;inset-block-start:1rem;inset-inline-end:1rem');
    const style = document.createElement('style');
    const set = (next: EmbedState) => {
      state = next;
      dialog.dataset.state = next;
      status.hidden = next !== 'loading';
    };
    set('loading');
    dialog.setAttribute('aria-label', title);
    dialog.setAttribute('aria-modal', 'true');
    frame.title = title;
    frame.allow = `payment 'self' ${origin}; publickey-credentials-get 'self' ${origin}`;
    frame.src = address.href;
    status.setAttribute('role', 'status');
    status.textContent = loading;
    button.type = 'button';
    button.textContent = close;
    if (nonce) style.setAttribute('nonce', nonce);
    // Polar's page has a button of its own; this one then is for who comes to it by the keyboard.
    style.textContent =
      'html{overflow:hidden}[data-polar=embed]:not([data-state=loading])>button:not(:focus-visible){clip-path:inset(50%)}';
    dialog.append(style, frame, status, button);

    // 2. Every way to an end goes through here, and leaves nothing behind.
    const end = (how: EmbedEnd) => {
      if (gone.signal.aborted) return;
      gone.abort();
      clearTimeout(timer);
      clearTimeout(locked);
      dialog.close();
      dialog.remove();
      if (focused instanceof HTMLElement && focused.isConnected) focused.focus();
      resolve(how);
    };
    const finish = () => end(state);
    const leave = () => {
      if (locked !== undefined) return;
      finish();
      if (state !== 'success') onClose?.();
    };
    const refuse = () => end('refused');
    const timer = setTimeout(() => state === 'loading' && refuse(), timeoutMs);
    const unlock = () => {
      clearTimeout(locked);
      locked = undefined;
    };

    // 3. Take what Polar's page says.
    const hear = ({ source, origin: from, data }: MessageEvent) => {
      if (source !== frame.contentWindow || from !== origin || data?.type !== 'POLAR_CHECKOUT') return;
      if (data.event === 'close') leave();
      else if (data.event === 'loaded') {
        // Again, when the payment was declined and the page is a new one.
        unlock();
        if (state === 'loading') frame.focus();
        set('loaded');
        onLoaded?.();
      } else if (data.event === 'confirmed') {
        unlock();
        locked = setTimeout(unlock, LOCK_MS);
        set('confirmed');
        onConfirmed?.();
      } else if (data.event === 'success') {
        unlock();
        set('success');
        onSuccess?.({ successUrl: data.successURL, redirect: data.redirect === true }, finish);
      }
    };

    // 4. And what the buyer and the browser do.
    const listen = { signal: gone.signal };
    window.addEventListener('message', hear, listen);
    button.addEventListener('click', leave, listen);
    const ask = (event: Event) => {
      event.preventDefault();
      leave();
    };
    dialog.addEventListener('cancel', ask, listen);
    // Browsers take a second Escape for a close that cannot be prevented, unless the key itself is.
    dialog.addEventListener('keydown', (event) => event.key === 'Escape' && ask(event), listen);
    dialog.addEventListener('close', () => (locked === undefined ? leave() : dialog.showModal()), listen);
    // The page's own CSP says at once what a frame's refusal only shows by silence.
    const onViolation = ({ effectiveDirective, disposition, blockedURI }: SecurityPolicyViolationEvent) => {
      if (effectiveDirective === 'frame-src' && disposition === 'enforce' && blockedURI.startsWith(origin)) refuse();
    };
    document.addEventListener('securitypolicyviolation', onViolation, listen);
    const cancel = () => end('canceled');
    signal?.addEventListener('abort', cancel, listen);

    document.body.append(dialog);
    dialog.showModal();
    if (signal?.aborted) cancel();
  });
}

/** Makes a checkout for this page, and shows it; where its page can be in no other, the browser goes there, and this never resolves. */
export async function showEmbeddable(
  polar: PolarClient,
  input: PolarCheckoutOptions,
  show: ShowCheckout,
  call: CallOptions | undefined,
): Promise<void> {
  try {
    await polar.showCheckout({ ...input, embedOrigin: location.origin }, show, call);
  } catch (caught) {
    const { code, field } = caught as PolarError;
    if (code !== 'PROVIDER_UNSUPPORTED' || field !== 'embedOrigin') throw caught;
    await polar.redirectToCheckout(input, call);
    await new Promise(() => {});
  }
}

const FRAME =
  'position:fixed;inset:0;width:100%;height:100%;max-width:none;max-height:none;margin:0;padding:0;border:0;';

function make<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name: string, style: string) {
  const element = document.createElement(tag);
  element.dataset.polar = name;
  element.style.cssText = style;
  return element;
}
