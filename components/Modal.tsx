'use client';
// A native dialog that is modal while it stands in the document: the browser keeps the focus inside, and gives it back.
import {
  type ComponentPropsWithoutRef,
  forwardRef,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
} from 'react';

export interface ModalProps extends ComponentPropsWithoutRef<'dialog'> {
  /** Told when the user wants it closed, as by Escape. */
  close: () => void;
}

// Closed within the commit that removes it, or the browser gives no focus back. React 18 warns of it on a server.
const useCommitEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/** Renders a `<dialog>`. */
export const Modal = forwardRef<HTMLDialogElement, ModalProps>(function Modal(
  { close, onCancel, onClose, ...props },
  ref,
) {
  const own = useRef<HTMLDialogElement>(null);
  useImperativeHandle(ref, () => own.current as HTMLDialogElement);
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
        onCancel?.(event);
        // Whoever opened it closes it.
        event.preventDefault();
        close();
      }}
      onClose={(event) => {
        onClose?.(event);
        // A second Escape cannot be prevented. StrictMode opens it again before this is told.
        if (!event.currentTarget.open) close();
      }}
    />
  );
});
