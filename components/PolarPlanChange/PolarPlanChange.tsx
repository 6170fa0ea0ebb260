'use client';
// A change of plan or seats: what is charged now and next, and the button that makes it.
import { forwardRef } from 'react';
import * as parts from './parts.js';

export interface PlanChangeOpen {
  /** Shows it as a dialog while it is true, and nothing while it is false. Default: it stands in the page. */
  open?: boolean | undefined;
}

/** The finished whole: the parts with their own texts, in the usual order. */
const Whole = forwardRef<HTMLElement, parts.PlanChangeRootProps & PlanChangeOpen>(function PolarPlanChange(
  { open, ...props },
  ref,
) {
  if (open === false) return null;
  const inside = (
    <>
      <parts.Title />
      <parts.State />
      <parts.Lines />
      <parts.Now />
      <parts.Next />
      <parts.Estimate />
      <parts.Failure />
      <parts.Done />
      <div data-polar="plan-change-buttons">
        <parts.Dismiss />
        <parts.Confirm />
      </div>
    </>
  );
  return (
    <parts.Root {...props} ref={ref}>
      {open ? <parts.Dialog>{inside}</parts.Dialog> : inside}
    </parts.Root>
  );
});

export const PolarPlanChange = /* @__PURE__ */ Object.assign(Whole, {
  Root: parts.Root,
  Dialog: parts.Dialog,
  Title: parts.Title,
  State: parts.State,
  Lines: parts.Lines,
  Line: parts.Line,
  Now: parts.Now,
  Next: parts.Next,
  Estimate: parts.Estimate,
  Error: parts.Failure,
  Done: parts.Done,
  Confirm: parts.Confirm,
  Dismiss: parts.Dismiss,
});
