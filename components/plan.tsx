'use client';
// What the parts about a plan share: the subscription and what may be done about it, their buttons, and why one has failed.
import { type MouseEvent, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { CallOptions, CustomerSubscription, PolarClient, PolarError, ProductList } from '../js/index.js';
import { type PlanView, planView } from '../js/plan-view.js';
import type { Condition } from './condition.js';
import { usePolar } from './context.js';
import { definePart, type PartProps } from './part.js';
import { useAction } from './useAction.js';
import { useCustomerState } from './useCustomerState.js';
import type { SubjectSource } from './useQuery.js';
import { type SubscriptionResult, useSubscription } from './useSubscription.js';
import { useTexts } from './useTexts.js';

type Action = ReturnType<typeof useAction>;

/** What a Root about a plan hands to its parts. */
export interface Plan {
  polar: PolarClient;
  organizationId: string | undefined;
  condition: Condition;
  query: SubscriptionResult;
  subscription: CustomerSubscription | undefined;
  view: PlanView | undefined;
  action: Action;
  error: PolarError | undefined;
  /** Changes the subscription at the server; `onDone` is told what it is then. */
  act: (
    change: (polar: PolarClient, id: string, call: CallOptions) => Promise<CustomerSubscription>,
    onDone?: (changed: CustomerSubscription) => void,
  ) => void;
  resume: () => void;
}

/** `ref`: the Root's; the second of what is returned is what its element takes. */
export function usePlan(
  { client, polar: own, organizationId }: SubjectSource,
  component: string,
  ref: Ref<HTMLElement>,
  products?: ProductList,
): [plan: Plan, root: { ref: Ref<HTMLElement>; tabIndex: number }] {
  const polar = usePolar({ client, polar: own }, component);
  const texts = useTexts();
  const query = useSubscription({ polar, organizationId });
  const { data: state } = useCustomerState({ polar, organizationId });
  const action = useAction(polar, organizationId);
  // What a change was answered with stands in the place of the data before it, until there is newer.
  const [answer, setAnswer] = useState<{ before: CustomerSubscription | undefined; now: CustomerSubscription }>();
  const subscription = answer && answer.before === query.data ? answer.now : query.data;
  const root = useRef<HTMLElement>(null);
  useImperativeHandle(ref, () => root.current as HTMLElement);

  // The button is gone that was pressed: the focus must not go with it.
  useEffect(() => {
    const { current } = root;
    if (!answer || !current || document.activeElement !== document.body) return;
    (current.querySelector<HTMLElement>('dialog button') ?? current).focus();
  }, [answer]);

  const act: Plan['act'] = (change, onDone) => {
    if (!subscription) return;
    void action.start(async (call) => {
      const now = await change(polar, subscription.id, call);
      if (call.signal?.aborted) return;
      setAnswer({ before: query.data, now });
      onDone?.(now);
    });
  };
  const isEmpty = !query.isLoading && !query.error;
  const missing = isEmpty ? 'empty' : query.error ? 'error' : 'loading';
  const plan: Plan = {
    polar,
    organizationId,
    condition: query.isSignedOut ? 'signed-out' : subscription ? 'ready' : missing,
    query,
    subscription,
    view: subscription && planView(texts, subscription, state, products),
    action,
    error: action.state.error,
    act,
    resume: () => act((client, id, call) => client.resumeSubscription(id, { organizationId }, call)),
  };
  return [plan, { ref: root, tabIndex: -1 }];
}

/** Props of a `<button>`: the user's own `onClick` runs first. With an `action`, which `press` begins, it says how that stands. */
export function buttonProps(
  { onClick, ...props }: PartProps<'button'>,
  text: string,
  press: () => void,
  action?: Action | undefined,
) {
  const isPending = action?.state.name === 'pending';
  return {
    'data-state': action?.state.name,
    'aria-busy': isPending || undefined,
    children: text,
    ...props,
    'aria-disabled': isPending || props['aria-disabled'],
    onClick: (event: MouseEvent<HTMLButtonElement>) => {
      if (action?.running.current) return event.preventDefault();
      onClick?.(event);
      if (!event.defaultPrevented) press();
    },
  };
}

/** A `<button>` that takes back a cancellation or a pause; renders nothing when there is none. `data-state` is `idle`, `pending` or `error`. */
export const defineResume = (name: string, use: (part: string) => Plan, text: 'resume' | 'undo') =>
  definePart(name, 'button', function useResume(props) {
    const { view, resume, action, subscription } = use(name);
    const { subscription: words, cancel } = useTexts().words;
    const isPaused = subscription?.status === 'paused';
    if (!view?.canResume) return null;
    return buttonProps(
      props,
      isPaused ? words.resumePaused : text === 'undo' ? cancel.undo : words.resume,
      resume,
      action,
    );
  });

/** A `<p role="alert">`: why the last click has failed; renders nothing otherwise. */
export const defineFailure = (name: string, use: (part: string) => Pick<Plan, 'error'>) =>
  definePart(name, 'p', function useFailure(props) {
    const { error } = use(name);
    return error ? { role: 'alert', children: error.message, ...props } : null;
  });
