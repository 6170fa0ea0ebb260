'use client';
// A native dialog that is modal while it stands in the document: the browser keeps the focus inside, gives it back, and
// closes it by Escape.
import { type ComponentPropsWithoutRef, forwardRef, useImperativeHandle, useRef } from 'react';
import { useCommitEffect } from './useVisit.js';

export interface ModalProps extends ComponentPropsWithoutRef<'dialog'> {
  /** Told that the user has closed it. */
  close: (() => void) | undefined;
  /** Whether it stays open whatever the user does. */
  isPending: boolean;
}

/** Renders a `<dialog>`. */
export const Modal = forwardRef<HTMLDialogElement, ModalProps>(function Modal({ close, isPending, ...props }, ref) {
  const own = useRef<HTMLDialogElement>(null);
  useImperativeHandle(ref, () => own.current as HTMLDialogElement, []);
  // Closed within the commit that removes it, or the browser gives no focus back.
  useCommitEffect(() => {
    const dialog = own.current;
    // Browsers before 2022, and jsdom, have no modal ones: it is open in its place.
    if (!dialog?.showModal) return dialog?.setAttribute('open', '');
    dialog.showModal();
    return () => dialog.close();
  }, []);
  return (
    <dialog
      {...props}
      ref={own}
      onCancel={(event) => {
        props.onCancel?.(event);
        if (isPending) event.preventDefault();
      }}
      onClose={(event) => {
        props.onClose?.(event);
        // StrictMode has opened it again by the time that it hears this.
        if (!event.currentTarget.open) close?.();
      }}
    />
  );
});
