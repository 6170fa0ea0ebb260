'use client';
// What stands in the place of something that the plan does not have, with a way to get it.
import { forwardRef } from 'react';
import * as parts from './parts.js';

/**
 * The finished message; `children` are the way on, such as a price list or a `PolarCheckoutButton`. Takes what
 * `PolarPaywall.Root` takes.
 */
const Whole = forwardRef<HTMLElement, parts.PaywallRootProps>(function PolarPaywall({ children, ...props }, ref) {
  return (
    <parts.Root {...props} ref={ref}>
      <parts.Title />
      <parts.Description />
      {children}
    </parts.Root>
  );
});

export const PolarPaywall = /* @__PURE__ */ Object.assign(Whole, {
  Root: parts.Root,
  Title: parts.Title,
  Description: parts.Description,
});
