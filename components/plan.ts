'use client';
// What the compounds about a plan share: the subscription and what may be done about it, their buttons, and why one has failed.
import { type Ref, useCallback, useEffect, useRef, useState } from 'react';
import { errorText, logError } from '../js/error-text.js';
import type { CallOptions, CustomerSubscription, PolarClient, PolarError, ProductList } from '../js/index.js';
import { type PlanView, planView } from '../js/plan-view.js';
import type { Texts } from '../js/texts.js';
import type { Asked, Condition } from './condition.js';
import { usePolar } from './context.js';
import { useAction } from './useAction.js';
import { useCustomerState } from './useCustomerState.js';
import type { SubjectSource } from './useQuery.js';
import { useSubscription } from './useSubscription.js';
import { useTexts } from './useTexts.js';

type Action = ReturnType<typeof useAction>;

/** What a Root about a plan hands to its parts. */
export interface Plan {
  polar: PolarClient;
  organizationId: string | undefined;
  condition: Condition;
  query: Asked;
  subscription: CustomerSubscription | undefined;
  view: PlanView | undefined;
  action: Action;
  isPending: boolean;
  error: PolarError | undefined;
  /** Changes the subscription at the server; `onDone` is told what it is then. */
  act: (
    change: (id: string, call: CallOptions) => Promise<CustomerSubscription>,
    onDone?: (changed: CustomerSubscription) => void,
  ) => void;
  resume: () => void;
  /** What the Root's element takes. */
  root: { ref: Ref<HTMLElement>; tabIndex: number };
}

/** `ref` is the user's, to the Root's element. */
export function usePlan(
  { client, polar: own, organizationId }: SubjectSource,
  component: string,
  ref: Ref<HTMLElement>,
  products?: ProductList,
): Plan {
  const polar = usePolar({ client, polar: own }, component);
  const texts = useTexts();
  const query = useSubscription({ polar, organizationId });
  const { data, error, isLoading, isSignedOut } = query;
  const { data: state } = useCustomerState({ polar, organizationId });
  const action = useAction(polar, organizationId);
  // What a change was answered with stands in the place of the data before it, until there is newer.
  const [answer, setAnswer] = useState<{ before: CustomerSubscription | undefined; now: CustomerSubscription }>();
  const subscription = answer && answer.before === data ? answer.now : data;
  const element = useRef<HTMLElement>(null);
  const attach = useCallback(
    (node: HTMLElement | null) => {
      element.current = node;
      if (typeof ref === 'function') return ref(node);
      if (ref) ref.current = node;
      return undefined;
    },
    [ref],
  );

  // The button is gone that was pressed: the focus must not go with it.
  useEffect(() => {
    const { current } = element;
    if (answer && current && document.activeElement === document.body) {
      (current.querySelector<HTMLElement>('dialog button') ?? current).focus();
    }
  }, [answer]);

  const act: Plan['act'] = (change, onDone) => {
    if (!subscription) return;
    const run = async (call: CallOptions) => {
      const now = await change(subscription.id, call);
      if (call.signal?.aborted) return;
      setAnswer({ before: data, now });
      onDone?.(now);
    };
    void action.start(run).then(logError);
  };
  return {
    polar,
    organizationId,
    condition: isSignedOut ? 'signed-out' : subscription ? 'ready' : error ? 'error' : isLoading ? 'loading' : 'empty',
    query,
    subscription,
    view: subscription && planView(texts, subscription, state, products),
    action,
    isPending: action.state.name === 'pending',
    error: action.state.error,
    act,
    resume: () => act((id, call) => polar.resumeSubscription(id, { organizationId }, call)),
    root: { ref: attach, tabIndex: -1 },
  };
}

/** Of a `<button>` that begins the plan's action: `data-state` is `idle`, `pending` or `error`. */
export const button = ({ action, isPending }: Plan, children: string, onClick: () => void) => ({
  'data-state': action.state.name,
  'aria-busy': isPending || undefined,
  'aria-disabled': isPending || undefined,
  children,
  onClick,
});

/** Of a `<button>` that takes back a cancellation or a pause. */
export const resumeButton = (plan: Plan, { words }: Texts, text: string = words.subscription.resume) =>
  plan.view?.canResume &&
  button(plan, plan.view.status === 'paused' ? words.subscription.resumePaused : text, plan.resume);

/** Of a `<p role="alert">`: why the last click has failed. */
export const failure = ({ error }: Plan, { words }: Texts) =>
  error && { role: 'alert', children: errorText(words, error) };
