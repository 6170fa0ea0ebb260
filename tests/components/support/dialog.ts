// What jsdom does not do of a modal <dialog>. The keyboard is looked at in a real browser.
import { beforeAll } from 'vitest';

/** Has dialogs open and close. */
export function setDialogs(): void {
  beforeAll(() => {
    Object.assign(HTMLDialogElement.prototype, {
      showModal(this: HTMLDialogElement) {
        this.open = true;
      },
      close(this: HTMLDialogElement) {
        if (!this.open) return;
        this.open = false;
        queueMicrotask(() => this.dispatchEvent(new Event('close')));
      },
    });
  });
}
