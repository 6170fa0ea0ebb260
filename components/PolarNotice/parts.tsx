'use client';
// The parts of PolarNotice: that a trial ends, a payment failed, or the plan ends, and what to do about it.
import { forwardRef, type Ref } from 'react';
import { logError } from '../../js/error-text.js';
import { defineCompound } from '../compound.js';
import type { PartProps } from '../part.js';
import { button, failure, type Plan, resumeButton, usePlan } from '../plan.js';
import type { SubjectSource } from '../useQuery.js';

const { part, frame } = defineCompound<Plan>('PolarNotice');

/** About whose subscription, where the client comes from, and any prop of a `<div>`. */
export type NoticeRootProps = SubjectSource & PartProps<'div'>;

const isDue = (kind = '') => kind.startsWith('pastDue');

/**
 * Renders a `<div role="status">`, or `role="alert"` when a payment is missing, and nothing when there is nothing to tell.
 * `data-kind` is `trialEnds`, `pastDue`, `pastDueEnded` (without access) or `canceled`.
 */
export const Root = forwardRef(function Root(
  { organizationId, client, polar, ...props }: NoticeRootProps,
  ref: Ref<HTMLElement>,
) {
  const plan = usePlan({ organizationId, client, polar }, '<PolarNotice>', ref);
  const kind = plan.view?.notice?.kind;
  if (!kind) return null;
  return frame(plan, 'div', {
    'data-kind': kind,
    'data-tone': plan.view?.tone,
    role: isDue(kind) ? 'alert' : 'status',
    ...plan.root,
    ...props,
  });
});

/** A `<p>`: what has happened or will. */
export const Text = part('Text', 'p', ({ view }) => ({ children: view?.notice?.text }));

/** A `<p>`: what follows from it; renders nothing when there is no more to say. */
export const More = part('More', 'p', ({ view }) => ({ children: view?.notice?.more }));

/**
 * A `<button>`: to Polar's portal when a payment is missing, or that takes a cancellation back; renders nothing during a trial.
 * `data-state` is `idle`, `pending` or `error`.
 */
export const Action = part('Action', 'button', (plan, texts) => {
  const { polar, organizationId, view, action } = plan;
  if (!isDue(view?.notice?.kind)) return view?.notice?.kind === 'canceled' && resumeButton(plan, texts);
  return button(plan, texts.words.notice.pay, () => {
    void action.start((call) => polar.redirectToCustomerPortal({ organizationId }, call), true).then(logError);
  });
});

/** A `<p role="alert">`: why Action has failed. */
export const Failure = part('Error', 'p', failure);
