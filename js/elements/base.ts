// What the custom elements share: the client and the language of the page, beginning and ending with the document, and
// drawing once for all that has changed.
import type { PolarClient } from '../client.js';
import type { PolarError } from '../errors.js';
import { ENGLISH, type Localization } from '../localization.js';
import { type Texts, textsOf } from '../texts.js';

/** What `definePolarElements` takes. */
export interface PolarElementSettings {
  /** The client that all elements use, for instance `plinto.polar`. Another one takes its place in all of them. */
  polar: PolarClient;
  /** The elements' texts. Default: English (`ENGLISH`). */
  localization?: Localization | undefined;
  /** Whose days are meant, an IANA name such as `Europe/Paris`. Default: `UTC`. */
  timeZone?: string | undefined;
}

let settings: PolarElementSettings | undefined;
const connected = new Set<PolarElement>();

export function setSettings(next: PolarElementSettings): void {
  settings = next;
  for (const element of connected) element.restart();
}

// A server has no elements, and may import this all the same.
const Base = (globalThis.HTMLElement ?? class {}) as typeof HTMLElement;

/** An element that uses the page's client. */
export abstract class PolarElement extends Base {
  #polar: PolarClient | undefined;
  #visit: number | undefined;
  #ends: (() => void)[] = [];
  #isDrawing = false;

  connectedCallback(): void {
    connected.add(this);
    // While the document is parsed, what stands in the element is not there yet.
    if (document.readyState !== 'loading') this.restart();
    else document.addEventListener('DOMContentLoaded', () => this.restart(), { once: true });
  }

  disconnectedCallback(): void {
    // What is only moved is connected again at once.
    queueMicrotask(() => {
      if (this.isConnected) return;
      connected.delete(this);
      this.#stop();
    });
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.#polar || before === after) return;
    if (name === 'organization-id') this.restart();
    else this.invalidate();
  }

  /** Begins anew with the client of the page. */
  restart(): void {
    this.#stop();
    if (!settings || !this.isConnected) return;
    const { polar } = settings;
    this.#polar = polar;
    this.#visit = polar.session.visit;
    this.reset();
    this.#ends = [polar.session.subscribe(this.#onSession), ...this.start(polar)];
    this.invalidate();
  }

  /** Draws what has changed, once for all changes of this moment. */
  readonly invalidate = (): void => {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    queueMicrotask(() => {
      this.#isDrawing = false;
      if (this.#polar && this.isConnected) this.draw(this.#polar, this.texts);
    });
  };

  /** Subscribes to what is shown; returns what ends that. */
  protected start(_polar: PolarClient): (() => void)[] {
    return [];
  }

  /** Ends what was begun for somebody who is not there any more. */
  protected abstract reset(): void;

  protected abstract draw(polar: PolarClient, texts: Texts): void;

  protected get texts(): Texts {
    const { localization = ENGLISH, timeZone = 'UTC' } = settings ?? {};
    return textsOf(localization, timeZone);
  }

  protected get organizationId(): string | undefined {
    return this.text('organization-id');
  }

  /** An attribute; undefined where it is absent or empty. */
  protected text(name: string): string | undefined {
    return this.getAttribute(name) || undefined;
  }

  /** Tells those outside. Returns false where one of them has called `preventDefault()`. */
  protected tell(type: string, detail: unknown): boolean {
    return this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, cancelable: true }));
  }

  /** Tells why something failed; the console is told where nobody else takes it. Returns whether somebody did. */
  protected tellError(error: PolarError): boolean {
    const isTaken = !this.tell('polar-error', error);
    if (!isTaken) console.error(error);
    return isTaken;
  }

  readonly #onSession = (): void => {
    const visit = this.#polar?.session.visit;
    if (visit !== this.#visit) this.reset();
    this.#visit = visit;
    this.invalidate();
  };

  #stop(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
    this.#polar = undefined;
    this.reset();
  }
}
