'use client';
// The parts of PolarPaywall: what stands in the place of something that the plan does not have.
import { forwardRef, type Ref } from 'react';
import { defineCompound } from '../compound.js';
import type { PartProps } from '../part.js';

interface Missing {
  feature: string | undefined;
}

const { part, frame } = defineCompound<Missing>('PolarPaywall');

/** Any prop of a `<section>`. */
export type PaywallRootProps = PartProps<'section'> & {
  /** What is not in the plan, as people are to read it. Default: it is not named. */
  feature?: string | undefined;
};

/** Renders a `<section>`. */
export const Root = forwardRef(function Root({ feature, ...props }: PaywallRootProps, ref: Ref<HTMLElement>) {
  return frame({ feature }, 'section', { ...props, ref });
});

/** An `<h2>`: what is not in the plan. */
export const Title = part('Title', 'h2', ({ feature }, { words: { paywall }, fill }) => ({
  children: feature ? fill(paywall.title, { feature }) : paywall.titlePlan,
}));

/** A `<p>`: what to do about it. */
export const Description = part('Description', 'p', (_, { words }) => ({ children: words.paywall.description }));
