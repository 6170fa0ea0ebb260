'use client';
// What is paid with, and the way to the portal.
import { forwardRef } from 'react';
import * as parts from './parts.js';

/** The finished card: the parts with their own texts. `children` stand before the button. Takes what `PolarPortalCard.Root` takes. */
const Whole = forwardRef<HTMLElement, parts.PortalCardRootProps>(function PolarPortalCard({ children, ...props }, ref) {
  return (
    <parts.Root {...props} ref={ref}>
      <parts.Title />
      <parts.Description />
      <parts.State />
      <parts.Method />
      {children}
      <parts.Manage />
    </parts.Root>
  );
});

export const PolarPortalCard = /* @__PURE__ */ Object.assign(Whole, {
  Root: parts.Root,
  Title: parts.Title,
  Description: parts.Description,
  State: parts.State,
  Method: parts.Method,
  Manage: parts.Manage,
});
