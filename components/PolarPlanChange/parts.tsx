'use client';
// The parts of PolarPlanChange: what a change of product or seats would cost, now and next, and the button that makes it.
import { type ComponentPropsWithoutRef, forwardRef, type ReactNode, type Ref, useId, useMemo, useState } from 'react';
import type { ChangeOptions, ChangePreview, CustomerSubscription, PreviewLine } from '../../js/index.js';
import { defineCompound } from '../compound.js';
import { type Condition, conditionOf, defineState } from '../condition.js';
import { configurationError } from '../configuration-error.js';
import { Modal } from '../Modal.js';
import { Part, type PartProps } from '../part.js';
import { button, failure, type Plan, usePlan } from '../plan.js';
import { usePreview } from '../usePreview.js';
import { useProducts } from '../useProducts.js';
import type { SubjectSource } from '../useQuery.js';
import { useTexts } from '../useTexts.js';
import { useVisit } from '../useVisit.js';

interface ChangeView extends Plan {
  id: string;
  seats: number | undefined;
  /** The name of the plan to come. */
  to: string | undefined;
  /** Absent once it is done. */
  preview: ChangePreview | undefined;
  isDone: boolean;
  close: (() => void) | undefined;
  change: () => void;
}

const compound = defineCompound<ChangeView>('PolarPlanChange');
const { use, part, frame } = compound;

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
    throw configurationError('<PolarPlanChange> takes one of productId, slug and seats.');
  }
  const { data: products } = useProducts({ client, polar: own });
  const plan = usePlan({ organizationId, client, polar: own }, '<PolarPlanChange>', ref, products);
  const { polar, view, action, isPending } = plan;
  const question = `${useVisit(polar, organizationId)} ${target}`;
  const [done, setDone] = useState<string>();
  const isDone = done === question;
  const options = useMemo<ChangeOptions>(
    () => ({ productId, slug, seats, prorationBehavior, organizationId }),
    [productId, slug, seats, prorationBehavior, organizationId],
  );
  const of = view?.canChange ? plan.subscription?.id : undefined;
  const preview = usePreview(polar, of, options, isDone || isPending);
  const missing = plan.condition === 'ready' ? 'empty' : plan.condition;
  const condition: Condition = isDone ? 'ready' : of ? conditionOf(preview) : missing;
  const value: ChangeView = {
    ...plan,
    id: useId(),
    condition,
    query: of ? preview : plan.query,
    seats,
    to: products?.items.find((one) => (slug ? one.slug === slug : one.productId === productId))?.name,
    preview: isDone ? undefined : preview.data,
    isDone,
    close: onClose,
    change: () =>
      plan.act(
        (id, call) => polar.changeSubscription(id, options, call),
        (changed) => {
          setDone(question);
          onDone?.(changed);
        },
      ),
  };
  const { name } = action.state;
  const state = isDone ? 'done' : name === 'idle' ? condition : name;
  return frame(value, 'section', { 'data-state': state, ...plan.root, ...props });
});

/** A native `<dialog>`, modal, around the other parts. Escape calls `onClose`. */
export const Dialog = forwardRef<HTMLDialogElement, ComponentPropsWithoutRef<'dialog'>>(function Dialog(props, ref) {
  const { id, isPending, close } = use('PolarPlanChange.Dialog');
  return <Modal data-polar="plan-change-dialog" aria-labelledby={id} {...{ ...props, isPending, close }} ref={ref} />;
});

/** An `<h2>`: the heading. */
export const Title = part('Title', 'h2', ({ id }, { words }) => ({ id, children: words.change.title }));

/** Stands in the place of the figures while there are none: loading, failed (with a button that tries again), nothing to change. */
export const State = defineState(compound, ({ change, subscription }, { view }) =>
  view ? change.unchangeable : subscription.none,
);

/** A `<ul>` of what the change credits and charges. `children` renders one of them; a Line when absent. */
export const Lines = part<'ul', { children?: ((line: PreviewLine, index: number) => ReactNode) | undefined }>(
  'Lines',
  'ul',
  ({ preview }, _, { children = (line, index) => <Line key={index} line={line} /> }) =>
    preview?.lines.length && { children: preview.lines.map(children) },
);

/** An `<li>`: what is credited or charged, for what, and how much. `data-kind` is `credit` or `charge`. */
export const Line = forwardRef(function Line(
  { line, ...props }: PartProps<'li'> & { line: PreviewLine },
  ref: Ref<HTMLElement>,
) {
  const { preview, view } = use('PolarPlanChange.Line');
  const { words, fill, count, date, money } = useTexts();
  const { kind, amount, productName = view?.name ?? '', seats, to } = line;
  const plan = seats === undefined ? productName : `${productName} · ${count(words.pricing.seats, seats)}`;
  const text = fill(kind === 'credit' ? words.change.credit : words.change.charge, { plan, date: date(to) });
  const children = pair(text, money(amount, preview?.currency ?? ''));
  return <Part tag="li" data-polar="plan-change-line" data-kind={kind} {...{ children, ...props }} ref={ref} />;
});

/**
 * A `<p>`: what is due now or credited; what is settled with the next payment; or the day, of a change that waits for the end of the
 * period.
 */
export const Now = part('Now', 'p', ({ preview }, { words, fill, date, money }) => {
  if (!preview) return null;
  const { amountNow, currency, prorationBehavior, appliesAt, lines } = preview;
  const { appliesOn, now, credited, later } = words.change;
  if (prorationBehavior === 'next_period') return { children: fill(appliesOn, { date: date(appliesAt) }) };
  const isLater = prorationBehavior === 'prorate' && !amountNow;
  const due = isLater ? lines.reduce((sum, { amount }) => sum + amount, 0) : Math.abs(amountNow);
  return { children: pair(isLater ? later : amountNow < 0 ? credited : now, money(due, currency)) };
});

/** A `<p>`: the next payment, its amount and day. */
export const Next = part('Next', 'p', ({ preview }, { words, fill, date, money }) => {
  if (!preview) return null;
  const values = { amount: money(preview.amountNext, preview.currency), date: date(preview.nextAt) };
  return { children: pair(words.change.next, fill(words.change.nextOn, values)) };
});

/** A `<p>`: that it is an estimate. */
export const Estimate = part(
  'Estimate',
  'p',
  ({ preview }, { words }) => preview?.isEstimate && { children: words.change.estimate },
);

/** A `<p role="alert">`: why Confirm has failed. */
export const Failure = part('Error', 'p', failure);

/** A `<p role="status">` once it is done: that it is, or what will be and when. */
export const Done = part(
  'Done',
  'p',
  ({ isDone, view }, { words }) => isDone && { role: 'status', children: view?.change ?? words.change.done },
);

/** A `<button>` that makes the change; renders nothing before it is known what it costs, nor after. `data-state` is `idle`, `pending` or `error`. */
export const Confirm = part('Confirm', 'button', (view, { words, count, fill }) => {
  const { title, confirm, confirmSeats } = words.change;
  const { seats, to } = view;
  const text = seats ? count(confirmSeats, seats) : to ? fill(confirm, { plan: to }) : title;
  return view.preview && button(view, text, view.change);
});

/** A `<button>` that calls `onClose`; renders nothing without it. */
export const Dismiss = part(
  'Dismiss',
  'button',
  (view, { words }) =>
    view.close && {
      ...button(view, view.isDone ? words.common.close : words.change.cancel, view.close),
      'aria-busy': undefined,
    },
);

const pair = (label: string, value: string) => (
  <>
    <span>{label}</span> <span>{value}</span>
  </>
);
