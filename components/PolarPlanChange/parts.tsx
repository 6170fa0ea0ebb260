'use client';
// The parts of PolarPlanChange: what a change of product or seats would cost, now and next, and the button that makes it.
import { type ComponentPropsWithoutRef, forwardRef, type ReactNode, type Ref, useId, useState } from 'react';
import type { ChangeOptions, ChangePreview, CustomerSubscription, PreviewLine } from '../../js/index.js';
import { type Condition, conditionOf, defineState } from '../condition.js';
import { configurationError } from '../configuration-error.js';
import { Modal } from '../Modal.js';
import { definePart, definePartContext, Part, type PartProps } from '../part.js';
import { buttonProps, defineFailure, type Plan, usePlan } from '../plan.js';
import { usePreview } from '../usePreview.js';
import { useProducts } from '../useProducts.js';
import type { QueryResult, SubjectSource } from '../useQuery.js';
import { useTexts } from '../useTexts.js';
import { useVisit } from '../useVisit.js';

interface ChangeView extends Omit<Plan, 'query'> {
  id: string;
  query: Pick<QueryResult<unknown>, 'error' | 'refetch' | 'isFetching'>;
  /** What the button says. */
  label: string;
  /** Absent once it is done. */
  preview: ChangePreview | undefined;
  isDone: boolean;
  close: (() => void) | undefined;
  change: () => void;
}

const Change = definePartContext<ChangeView>('PolarPlanChange.Root');

/** What is changed: one of the three. */
export type PlanChangeTarget =
  | {
      /** The product to change to, by its id at Polar. */
      productId: string;
      slug?: undefined;
      seats?: undefined;
    }
  | {
      /** The same by its name in the server's `PRODUCTS`. */
      slug: string;
      productId?: undefined;
      seats?: undefined;
    }
  | {
      /** How many seats from then on. */
      seats: number;
      productId?: undefined;
      slug?: undefined;
    };

/** What is changed, whose subscription, where the client comes from, and any prop of a `<section>`. */
export type PlanChangeRootProps = PlanChangeTarget &
  SubjectSource &
  Pick<ChangeOptions, 'prorationBehavior'> &
  PartProps<'section'> & {
    /** Called when the user wants it closed: by Dismiss or Escape. Default: Dismiss is left out. */
    onClose?: (() => void) | undefined;
    /** Called once it is changed, with the subscription as it is then. */
    onDone?: ((subscription: CustomerSubscription) => void) | undefined;
  };

/**
 * Asks what the change would cost for the parts inside. Renders a `<section>`; `data-state` is `loading`, `error`, `signed-out`,
 * `empty` (there is nothing to change), `ready`, `pending` or `done`.
 */
export const Root = forwardRef(function Root(
  {
    productId,
    slug,
    seats,
    prorationBehavior,
    organizationId,
    client,
    polar: own,
    onClose,
    onDone,
    ...props
  }: PlanChangeRootProps,
  ref: Ref<HTMLElement>,
) {
  const target = [productId, slug, seats];
  if (target.filter((one) => one !== undefined).length !== 1) {
    throw configurationError(
      '<PolarPlanChange> changes one thing at a time. Give it one of productId, slug and seats.',
    );
  }
  const { data: products } = useProducts({ client, polar: own });
  const [plan, root] = usePlan({ organizationId, client, polar: own }, '<PolarPlanChange>', ref, products);
  const { polar, view, subscription, action } = plan;
  const texts = useTexts();
  const question = `${useVisit(polar, organizationId)} ${target}`;
  const [done, setDone] = useState<string>();
  const isDone = done === question;
  const isPending = action.state.name === 'pending';
  const options: ChangeOptions = { productId, slug, seats, prorationBehavior, organizationId };
  const id = view?.canChange ? subscription?.id : undefined;
  const preview = usePreview(polar, id, options, isDone || isPending);
  const missing = plan.condition === 'ready' ? 'empty' : plan.condition;
  const condition: Condition = isDone ? 'ready' : id === undefined ? missing : conditionOf(preview);

  const name = products?.items.find(
    (one) => one.productId === productId || (slug !== undefined && one.slug === slug),
  )?.name;
  const { change: words } = texts.words;
  const label =
    seats === undefined
      ? name
        ? texts.fill(words.confirm, { plan: name })
        : words.title
      : texts.count(words.confirmSeats, seats);
  const value: ChangeView = {
    ...plan,
    id: useId(),
    condition,
    query: id === undefined ? plan.query : preview,
    label,
    preview: condition === 'ready' && !isDone ? preview.data : undefined,
    isDone,
    close: onClose && (() => action.running.current || onClose()),
    change: () =>
      plan.act(
        (client, of, call) => client.changeSubscription(of, options, call),
        (changed) => {
          setDone(question);
          onDone?.(changed);
        },
      ),
  };
  const named = action.state.name === 'idle' ? condition : action.state.name;
  return (
    <Change.Provider value={value}>
      <Part tag="section" data-polar="plan-change" data-state={isDone ? 'done' : named} {...root} {...props} />
    </Change.Provider>
  );
});

/** A native `<dialog>`, modal, around the other parts. Escape calls `onClose`. */
export const Dialog = forwardRef<HTMLDialogElement, ComponentPropsWithoutRef<'dialog'>>(function Dialog(props, ref) {
  const { id, close = () => {} } = Change.use('PolarPlanChange.Dialog');
  return <Modal data-polar="plan-change-dialog" aria-labelledby={id} {...props} close={close} ref={ref} />;
});

/** An `<h2>`: the heading. */
export const Title = definePart('PolarPlanChange.Title', 'h2', function useTitle(props) {
  const { id } = Change.use('PolarPlanChange.Title');
  return { id, children: useTexts().words.change.title, ...props };
});

/** Stands in the place of the figures while there are none: loading, failed (with a button that tries again), nothing to change. */
export const State = defineState('PolarPlanChange.State', function useChangeState(part) {
  const view = Change.use(part);
  const { subscription, change } = useTexts().words;
  return { ...view, empty: view.subscription ? change.unchangeable : subscription.none };
});

/** A `<ul>` of what the change credits and charges. `children` renders one of them; a Line when absent. */
export const Lines = definePart<'ul', { children?: ((line: PreviewLine, index: number) => ReactNode) | undefined }>(
  'PolarPlanChange.Lines',
  'ul',
  function useLines({ children = (line, index) => <Line key={index} line={line} />, ...props }) {
    const { preview } = Change.use('PolarPlanChange.Lines');
    return preview?.lines.length ? { ...props, children: preview.lines.map(children) } : null;
  },
);

/** An `<li>`: what is credited or charged, for what, and how much. `data-kind` is `credit` or `charge`. */
export const Line = definePart<'li', { line: PreviewLine }>(
  'PolarPlanChange.Line',
  'li',
  function useLine({ line, ...props }) {
    const { preview, view } = Change.use('PolarPlanChange.Line');
    const { words, fill, count, date, money } = useTexts();
    const { kind, amount, productName = view?.name ?? '', seats, to } = line;
    const plan = seats === undefined ? productName : `${productName} · ${count(words.pricing.seats, seats)}`;
    const text = fill(kind === 'credit' ? words.change.credit : words.change.charge, { plan, date: date(to) });
    return { 'data-kind': kind, children: pair(text, money(amount, preview?.currency ?? '')), ...props };
  },
);

/** A `<p>`: what is due now or credited; or the day, of a change that waits for the end of the period. */
export const Now = definePart('PolarPlanChange.Now', 'p', function useNow(props) {
  const { preview } = Change.use('PolarPlanChange.Now');
  const { words, fill, date, money } = useTexts();
  if (!preview) return null;
  const { amountNow, currency, prorationBehavior, appliesAt } = preview;
  const { appliesOn, now, credited } = words.change;
  const due = pair(amountNow < 0 ? credited : now, money(Math.abs(amountNow), currency));
  return { children: prorationBehavior === 'next_period' ? fill(appliesOn, { date: date(appliesAt) }) : due, ...props };
});

/** A `<p>`: the next payment, its amount and day. */
export const Next = definePart('PolarPlanChange.Next', 'p', function useNext(props) {
  const { preview } = Change.use('PolarPlanChange.Next');
  const { words, fill, date, money } = useTexts();
  if (!preview) return null;
  const values = { amount: money(preview.amountNext, preview.currency), date: date(preview.nextAt) };
  return { children: pair(words.change.next, fill(words.change.nextOn, values)), ...props };
});

/** A `<p>`: that it is an estimate. */
export const Estimate = definePart('PolarPlanChange.Estimate', 'p', function useEstimate(props) {
  const { preview } = Change.use('PolarPlanChange.Estimate');
  const { estimate } = useTexts().words.change;
  return preview?.isEstimate ? { children: estimate, ...props } : null;
});

/** A `<p role="alert">`: why Confirm has failed. */
export const Failure = defineFailure('PolarPlanChange.Error', Change.use);

/** A `<p role="status">` once it is done: that it is, or what will be and when. */
export const Done = definePart('PolarPlanChange.Done', 'p', function useDone(props) {
  const { isDone, view } = Change.use('PolarPlanChange.Done');
  const { done } = useTexts().words.change;
  return isDone ? { role: 'status', children: view?.change ?? done, ...props } : null;
});

/** A `<button>` that makes the change; renders nothing before it is known what it costs, nor after. `data-state` is `idle`, `pending` or `error`. */
export const Confirm = definePart('PolarPlanChange.Confirm', 'button', function useConfirm(props) {
  const { preview, label, change, action } = Change.use('PolarPlanChange.Confirm');
  return preview ? buttonProps(props, label, change, action) : null;
});

/** A `<button>` that calls `onClose`; renders nothing without it. */
export const Dismiss = definePart('PolarPlanChange.Dismiss', 'button', function useDismiss(props) {
  const { close, isDone } = Change.use('PolarPlanChange.Dismiss');
  const { words } = useTexts();
  return close ? buttonProps(props, isDone ? words.common.close : words.change.cancel, close) : null;
});

const pair = (label: string, value: string) => (
  <>
    <span>{label}</span> <span>{value}</span>
  </>
);
