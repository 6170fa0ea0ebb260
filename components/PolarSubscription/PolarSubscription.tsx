'use client';
// The plan: which, where it stands, the next charge, what is about to change.
import { forwardRef } from 'react';
import * as parts from './parts.js';

/** The finished section: the parts with their own texts, in the usual order. `children` stand among its buttons. */
const Whole = forwardRef<HTMLElement, parts.SubscriptionRootProps>(function PolarSubscription(
  { children, ...props },
  ref,
) {
  return (
    <parts.Root {...props} ref={ref}>
      <parts.Title />
      <parts.State />
      <parts.Name />
      <parts.Status />
      <parts.Facts />
      <parts.Change />
      <parts.Failure />
      <parts.Actions>
        <parts.Resume />
        {children}
      </parts.Actions>
    </parts.Root>
  );
});

export const PolarSubscription = /* @__PURE__ */ Object.assign(Whole, {
  Root: parts.Root,
  Title: parts.Title,
  State: parts.State,
  Name: parts.Name,
  Status: parts.Status,
  Facts: parts.Facts,
  Fact: parts.Fact,
  Change: parts.Change,
  Actions: parts.Actions,
  Resume: parts.Resume,
  Error: parts.Failure,
});
