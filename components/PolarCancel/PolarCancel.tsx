'use client';
// Canceling in two clicks, with the reason, and taking it back in one.
import { forwardRef, type ReactNode } from 'react';
import * as parts from './parts.js';

export interface PolarCancelOffer {
  /** Your offer to stay, shown above the reasons. Default: none. */
  offer?: ReactNode;
}

/** The finished whole: a button and its dialog, or when it ends and how to undo it. Renders nothing when there is nothing to cancel. */
const Whole = forwardRef<HTMLElement, parts.CancelRootProps & PolarCancelOffer>(function PolarCancel(
  { offer, ...props },
  ref,
) {
  return (
    <parts.Root {...props} ref={ref}>
      <parts.Trigger />
      <parts.Dialog>
        <parts.Title />
        <parts.Until />
        <parts.Offer>{offer}</parts.Offer>
        <parts.Reasons />
        <parts.CommentLabel />
        <parts.Comment />
        <parts.Failure />
        <div data-polar="cancel-buttons">
          <parts.Keep />
          <parts.Confirm />
        </div>
      </parts.Dialog>
      <parts.Done />
      <parts.Undo />
      <parts.Failure />
    </parts.Root>
  );
});

export const PolarCancel = /* @__PURE__ */ Object.assign(Whole, {
  Root: parts.Root,
  Trigger: parts.Trigger,
  Dialog: parts.Dialog,
  Title: parts.Title,
  Until: parts.Until,
  Offer: parts.Offer,
  Reasons: parts.Reasons,
  CommentLabel: parts.CommentLabel,
  Comment: parts.Comment,
  Keep: parts.Keep,
  Confirm: parts.Confirm,
  Error: parts.Failure,
  Done: parts.Done,
  Undo: parts.Undo,
});
