'use client';
// What became of a payment, for the page that a success URL leads to.
import { forwardRef } from 'react';
import * as parts from './parts.js';

/** The finished message: the parts with their own texts. Takes what `PolarCheckoutReturn.Root` takes. */
const Whole = forwardRef<HTMLElement, parts.CheckoutReturnRootProps>(function PolarCheckoutReturn(props, ref) {
  return (
    <parts.Root {...props} ref={ref}>
      <parts.Title />
      <parts.Description />
      <parts.Retry />
      <parts.Done />
    </parts.Root>
  );
});

export const PolarCheckoutReturn = /* @__PURE__ */ Object.assign(Whole, {
  Root: parts.Root,
  Title: parts.Title,
  Description: parts.Description,
  Retry: parts.Retry,
  Done: parts.Done,
});
