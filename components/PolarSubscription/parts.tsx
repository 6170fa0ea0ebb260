'use client';
// The parts of PolarSubscription: the plan, where it stands, what comes next, and what may be done about it.
import { forwardRef, type ReactNode, type Ref } from 'react';
import type { PlanFact } from '../../js/plan-view.js';
import { isWaiting, waitingText } from '../../js/waiting.js';
import { defineCompound } from '../compound.js';
import { defineState } from '../condition.js';
import { Part, type PartProps } from '../part.js';
import { failure, type Plan, resumeButton, usePlan } from '../plan.js';
import { useOrders } from '../useOrders.js';
import { useProducts } from '../useProducts.js';
import type { SubjectSource } from '../useQuery.js';
import { useTexts } from '../useTexts.js';

const compound = defineCompound<Plan>('PolarSubscription');
const { part, frame } = compound;

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
  const plan = usePlan({ organizationId, client, polar }, '<PolarSubscription>', ref, products);
  return frame(plan, 'section', {
    'data-state': plan.condition,
    'data-tone': plan.view?.tone,
    'aria-busy': plan.query.isFetching,
    ...plan.root,
    ...props,
  });
});

/** An `<h2>`: the heading of the section. */
export const Title = part('Title', 'h2', (_, { words }) => ({ children: words.subscription.title }));

function None({ polar, organizationId }: Pick<Plan, 'polar' | 'organizationId'>) {
  const texts = useTexts();
  const { words } = texts;
  // As PolarOrders asks, so that both ask once.
  const order = useOrders({ polar, organizationId, limit: 10 }).data?.items.find(isWaiting);
  return <>{order ? `${words.checkout.waiting}. ${waitingText(order, texts)}` : words.subscription.none}</>;
}

/**
 * Stands in the place of the plan while there is none: loading, failed (with a button that tries again), none, signed out; or that a
 * purchase waits to be paid in cash or by transfer.
 */
export const State = defineState(compound, (_, { polar, organizationId }) => <None {...{ polar, organizationId }} />);

/** A `<p>`: the plan's name. */
export const Name = part('Name', 'p', ({ view }) => ({ children: view?.name }));

/** A `<span>`: where it stands. `data-status` is Polar's word, or `ending`; `data-tone` is the Root's. */
export const Status = part(
  'Status',
  'span',
  ({ view }) => view && { 'data-status': view.status, 'data-tone': view.tone, children: view.word },
);

/** A `<dl>` of what there is to know. `children` renders one of them; a Fact when absent. */
export const Facts = part<'dl', { children?: ((fact: PlanFact) => ReactNode) | undefined }>(
  'Facts',
  'dl',
  ({ view }, _, { children = (fact) => <Fact key={fact.name} fact={fact} /> }) =>
    view && { children: view.facts.map(children) },
);

/** A `<div>` with a `<dt>` and a `<dd>`: one fact. `data-fact` is its name, such as `nextCharge`. */
export const Fact = forwardRef(function Fact(
  { fact, ...props }: PartProps<'div'> & { fact: PlanFact },
  ref: Ref<HTMLElement>,
) {
  const children = (
    <>
      <dt>{fact.label}</dt>
      <dd>{fact.value}</dd>
    </>
  );
  return <Part tag="div" data-polar="subscription-fact" data-fact={fact.name} {...{ children, ...props }} ref={ref} />;
});

/** A `<p>`: what changes at the end of the period; renders nothing otherwise. */
export const Change = part('Change', 'p', ({ view }) => ({ children: view?.change }));

/** A `<div>` for buttons: Resume when there are no children. */
export const Actions = part('Actions', 'div', ({ view }) => view && { children: <Resume /> });

/** A `<button>` that takes back a cancellation or a pause; renders nothing when there is none. `data-state` is `idle`, `pending` or `error`. */
export const Resume = part('Resume', 'button', (plan, texts) => resumeButton(plan, texts));

/** A `<p role="alert">`: why Resume has failed. */
export const Failure = part('Error', 'p', failure);
