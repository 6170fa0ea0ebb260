'use client';
// The parts of PolarSubscription: the plan, where it stands, what comes next, and what may be done about it.
import { forwardRef, type ReactNode, type Ref } from 'react';
import type { PlanFact } from '../../js/plan-view.js';
import { defineState } from '../condition.js';
import { definePart, definePartContext, Part, type PartProps } from '../part.js';
import { defineFailure, defineResume, type Plan, usePlan } from '../plan.js';
import { useProducts } from '../useProducts.js';
import type { SubjectSource } from '../useQuery.js';
import { useTexts } from '../useTexts.js';

const Subscription = definePartContext<Plan>('PolarSubscription.Root');

/** Whose subscription, where the client comes from, and any prop of a `<section>`. */
export type SubscriptionRootProps = SubjectSource & PartProps<'section'>;

/**
 * Fetches the subscription for the parts inside. Renders a `<section>`; `data-state` is `loading`, `error`, `signed-out`, `empty`
 * or `ready`, `data-tone` `good`, `warning` or `bad`.
 */
export const Root = forwardRef(function Root(
  { organizationId, client, polar, ...props }: SubscriptionRootProps,
  ref: Ref<HTMLElement>,
) {
  const { data: products } = useProducts({ client, polar });
  const [plan, root] = usePlan({ organizationId, client, polar }, '<PolarSubscription>', ref, products);
  return (
    <Subscription.Provider value={plan}>
      <Part
        tag="section"
        data-polar="subscription"
        data-state={plan.condition}
        data-tone={plan.view?.tone}
        aria-busy={plan.query.isFetching}
        {...root}
        {...props}
      />
    </Subscription.Provider>
  );
});

/** An `<h2>`: the heading of the section. */
export const Title = definePart('PolarSubscription.Title', 'h2', function useTitle(props) {
  return { children: useTexts().words.subscription.title, ...props };
});

/** Stands in the place of the plan while there is none: loading, failed (with a button that tries again), none, signed out. */
export const State = defineState('PolarSubscription.State', function usePlanState(part) {
  return { ...Subscription.use(part), empty: useTexts().words.subscription.none };
});

/** A `<p>`: the plan's name. */
export const Name = definePart('PolarSubscription.Name', 'p', function useName(props) {
  const name = Subscription.use('PolarSubscription.Name').view?.name;
  return name ? { children: name, ...props } : null;
});

/** A `<span>`: where it stands. `data-status` is Polar's word, or `ending`; `data-tone` is the Root's. */
export const Status = definePart('PolarSubscription.Status', 'span', function useStatus(props) {
  const { view } = Subscription.use('PolarSubscription.Status');
  return view ? { 'data-status': view.status, 'data-tone': view.tone, children: view.word, ...props } : null;
});

/** A `<dl>` of what there is to know. `children` renders one of them; a Fact when absent. */
export const Facts = definePart<'dl', { children?: ((fact: PlanFact) => ReactNode) | undefined }>(
  'PolarSubscription.Facts',
  'dl',
  function useFacts({ children = (fact) => <Fact key={fact.name} fact={fact} />, ...props }) {
    const { view } = Subscription.use('PolarSubscription.Facts');
    return view ? { ...props, children: view.facts.map(children) } : null;
  },
);

/** A `<div>` with a `<dt>` and a `<dd>`: one fact. `data-fact` is its name, such as `nextCharge`. */
export const Fact = definePart<'div', { fact: PlanFact }>(
  'PolarSubscription.Fact',
  'div',
  function useFact({ fact, ...props }) {
    const pair = (
      <>
        <dt>{fact.label}</dt>
        <dd>{fact.value}</dd>
      </>
    );
    return { 'data-fact': fact.name, children: pair, ...props };
  },
);

/** A `<p>`: what changes at the end of the period; renders nothing otherwise. */
export const Change = definePart('PolarSubscription.Change', 'p', function useChange(props) {
  const change = Subscription.use('PolarSubscription.Change').view?.change;
  return change ? { children: change, ...props } : null;
});

/** A `<div>` for buttons: Resume when there are no children. */
export const Actions = definePart('PolarSubscription.Actions', 'div', function useActions(props) {
  const { view } = Subscription.use('PolarSubscription.Actions');
  return view ? { children: <Resume />, ...props } : null;
});

/** A `<button>` that takes back a cancellation or a pause; renders nothing when there is none. `data-state` is `idle`, `pending` or `error`. */
export const Resume = defineResume('PolarSubscription.Resume', Subscription.use, 'resume');

/** A `<p role="alert">`: why Resume has failed. */
export const Failure = defineFailure('PolarSubscription.Error', Subscription.use);
