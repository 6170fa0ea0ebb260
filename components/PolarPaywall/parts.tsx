'use client';
// The parts of PolarPaywall: what stands in the place of something that the plan does not have.
import { forwardRef, type Ref } from 'react';
import { definePart, definePartContext, Part, type PartProps } from '../part.js';
import { useTexts } from '../useTexts.js';

const Paywall = definePartContext<{ feature: string | undefined }>('PolarPaywall.Root');

/** Any prop of a `<section>`. */
export type PaywallRootProps = PartProps<'section'> & {
  /** What is not in the plan, as people are to read it. Default: it is not named. */
  feature?: string | undefined;
};

/** Renders a `<section>`. */
export const Root = forwardRef(function Root({ feature, ...props }: PaywallRootProps, ref: Ref<HTMLElement>) {
  return (
    <Paywall.Provider value={{ feature }}>
      <Part tag="section" data-polar="paywall" {...props} ref={ref} />
    </Paywall.Provider>
  );
});

/** An `<h2>`: what is not in the plan. */
export const Title = definePart('PolarPaywall.Title', 'h2', function useTitle(props) {
  const { feature } = Paywall.use('PolarPaywall.Title');
  const { words, fill } = useTexts();
  return { children: feature ? fill(words.paywall.title, { feature }) : words.paywall.titlePlan, ...props };
});

/** A `<p>`: what to do about it. */
export const Description = definePart('PolarPaywall.Description', 'p', function useDescription(props) {
  return { children: useTexts().words.paywall.description, ...props };
});
