'use client';
// What a customer should hear of at the top of a page: a trial that ends, a payment that failed, a plan that ends.
import { forwardRef } from 'react';
import * as parts from './parts.js';

/** The finished notice: the parts with their own texts. Renders nothing when there is nothing to tell. */
const Whole = forwardRef<HTMLElement, parts.NoticeRootProps>(function PolarNotice(props, ref) {
  return (
    <parts.Root {...props} ref={ref}>
      <parts.Text />
      <parts.More />
      <parts.Action />
      <parts.Failure />
    </parts.Root>
  );
});

export const PolarNotice = /* @__PURE__ */ Object.assign(Whole, {
  Root: parts.Root,
  Text: parts.Text,
  More: parts.More,
  Action: parts.Action,
  Error: parts.Failure,
});
