'use client';
// The parts of PolarPortalCard: what is paid with, and the way to the portal where it is changed.
import { forwardRef, type Ref } from 'react';
import type { CustomerPortalOptions, PaymentMethods } from '../../js/index.js';
import { defineCompound } from '../compound.js';
import { type Condition, conditionOf, defineState } from '../condition.js';
import { type PolarSource, usePolar } from '../context.js';
import type { PartProps } from '../part.js';
import type { RedirectButtonProps } from '../RedirectButton.js';
import { type QueryResult, useQuery } from '../useQuery.js';
import { PolarPortalButton } from './PolarPortalButton.js';

interface PortalView {
  condition: Condition;
  query: QueryResult<PaymentMethods>;
  source: CustomerPortalOptions & PolarSource;
}

const compound = defineCompound<PortalView>('PolarPortalCard');
const { use, part, frame } = compound;

/** Whose portal, where the client comes from, and any prop of a `<section>`. */
export type PortalCardRootProps = CustomerPortalOptions & PolarSource & PartProps<'section'>;

/** Fetches the payment methods for the parts inside. Renders a `<section>`; `data-state` is `loading`, `error`, `signed-out`, `empty` or `ready`. */
export const Root = forwardRef(function Root(
  { organizationId, returnUrl, client, polar: own, ...props }: PortalCardRootProps,
  ref: Ref<HTMLElement>,
) {
  const polar = usePolar({ client, polar: own }, '<PolarPortalCard>');
  const query = useQuery({ polar }, 'listPaymentMethods', { organizationId });
  const condition = conditionOf(query, ({ items }) => items.length === 0);
  const source = { polar, organizationId, returnUrl };
  const marks = { 'data-state': condition, 'aria-busy': query.isFetching };
  return frame({ condition, query, source }, 'section', { ...marks, ...props, ref });
});

/** An `<h2>`: the heading of the section. */
export const Title = part('Title', 'h2', (_, { words }) => ({ children: words.portal.title }));

/** A `<p>`: what there is to do in the portal. */
export const Description = part('Description', 'p', (_, { words }) => ({ children: words.portal.description }));

/** Stands in the place of the payment method while there is none: loading, failed (with a button that tries again), none saved, signed out. */
export const State = defineState(compound, ({ portal }) => portal.noMethod);

/** A `<dl>`: what renewals are paid with, as far as it may be shown, and until when it can be. Renders nothing where there is none. */
export const Method = part('Method', 'dl', ({ condition, query }, { words, fill }) => {
  const method = query.data?.items.find(({ isDefault }) => isDefault) ?? query.data?.items[0];
  if (condition !== 'ready' || !method) return null;
  const { type, brand = type, last4, expMonth, expYear } = method;
  const name = brand.replace(/_/g, ' ').replace(/^./, (letter) => letter.toUpperCase());
  // As it is printed on cards, in whatever language.
  const date = `${String(expMonth).padStart(2, '0')}/${String(expYear).slice(-2)}`;
  const children = (
    <>
      <dt>{words.portal.method}</dt>
      <dd>{last4 ? fill(words.portal.card, { brand: name, last4 }) : name}</dd>
      {expMonth && expYear && <dd>{fill(words.portal.expires, { date })}</dd>}
    </>
  );
  return { children };
});

/** The `<button>` that leads to the portal. Takes what a `PolarPortalButton` takes; renders nothing while nobody is signed in. */
export const Manage = forwardRef(function Manage(props: RedirectButtonProps, ref: Ref<HTMLButtonElement>) {
  const { condition, source } = use('PolarPortalCard.Manage');
  if (condition === 'signed-out') return null;
  return <PolarPortalButton data-polar="portal-card-manage" {...source} {...props} ref={ref} />;
});
