'use client';
// The parts of PolarNotice: that a trial ends, a payment failed, or the plan ends, and what to do about it.
import { forwardRef, type Ref } from 'react';
import { definePart, definePartContext, Part, type PartProps } from '../part.js';
import { buttonProps, defineFailure, type Plan, usePlan } from '../plan.js';
import type { SubjectSource } from '../useQuery.js';
import { useTexts } from '../useTexts.js';

const Notice = definePartContext<Plan>('PolarNotice.Root');

/** About whose subscription, where the client comes from, and any prop of a `<div>`. */
export type NoticeRootProps = SubjectSource & PartProps<'div'>;

/**
 * Renders a `<div role="status">`, or `role="alert"` when a payment is missing, and nothing when there is nothing to tell.
 * `data-kind` is `trialEnds`, `pastDue`, `pastDueEnded` (without access) or `canceled`.
 */
export const Root = forwardRef(function Root(
  { organizationId, client, polar, ...props }: NoticeRootProps,
  ref: Ref<HTMLElement>,
) {
  const [plan, root] = usePlan({ organizationId, client, polar }, '<PolarNotice>', ref);
  const kind = plan.view?.notice?.kind;
  if (!kind) return null;
  return (
    <Notice.Provider value={plan}>
      <Part
        tag="div"
        data-polar="notice"
        data-kind={kind}
        data-tone={plan.view?.tone}
        role={isDue(kind) ? 'alert' : 'status'}
        {...root}
        {...props}
      />
    </Notice.Provider>
  );
});

const isDue = (kind: string) => kind.startsWith('pastDue');

/** A `<p>`: what has happened or will. */
export const Text = definePart('PolarNotice.Text', 'p', function useText(props) {
  return { children: Notice.use('PolarNotice.Text').view?.notice?.text, ...props };
});

/** A `<p>`: what follows from it; renders nothing when there is no more to say. */
export const More = definePart('PolarNotice.More', 'p', function useMore(props) {
  const more = Notice.use('PolarNotice.More').view?.notice?.more;
  return more ? { children: more, ...props } : null;
});

/**
 * A `<button>`: to Polar's portal when a payment is missing, or that takes a cancellation back; renders nothing during a trial.
 * `data-state` is `idle`, `pending` or `error`.
 */
export const Action = definePart('PolarNotice.Action', 'button', function useNoticeAction(props) {
  const { polar, organizationId, view, action, resume } = Notice.use('PolarNotice.Action');
  const { words } = useTexts();
  const kind = view?.notice?.kind ?? '';
  if (kind === 'canceled') return buttonProps(props, words.subscription.resume, resume, action);
  const pay = () => void action.start((call) => polar.redirectToCustomerPortal({ organizationId }, call), true);
  return isDue(kind) ? buttonProps(props, words.notice.pay, pay, action) : null;
});

/** A `<p role="alert">`: why Action has failed. */
export const Failure = defineFailure('PolarNotice.Error', Notice.use);
