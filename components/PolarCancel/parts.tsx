'use client';
// The parts of PolarCancel: a button, a dialog that asks whether and why, what came of it, and how to take it back.
import { type ComponentPropsWithoutRef, forwardRef, type ReactNode, type Ref, useId, useState } from 'react';
import type { CustomerSubscription, PolarError } from '../../js/index.js';
import { defineCompound } from '../compound.js';
import { Modal } from '../Modal.js';
import type { PartProps } from '../part.js';
import { button, failure, type Plan, resumeButton, usePlan } from '../plan.js';
import type { SubjectSource } from '../useQuery.js';
import { useVisit } from '../useVisit.js';

/** What is being answered, by whoever is there. */
interface Form {
  visit: string;
  isAsking?: boolean | undefined;
  reason?: string | undefined;
  comment?: string | undefined;
  /** An error of an earlier time that it was asked. */
  seen?: PolarError | undefined;
  /** It was canceled here. */
  isDone?: boolean | undefined;
}

interface CancelView extends Plan {
  id: string;
  form: Form;
  fill: (part: Partial<Form>) => void;
  isDone: boolean;
  isInDialog?: boolean | undefined;
  close: () => void;
  cancel: () => void;
}

const { Provider, use, part, frame } = defineCompound<CancelView>('PolarCancel');

/** Whose subscription, where the client comes from, and any prop of a `<div>`. */
export type CancelRootProps = SubjectSource &
  PartProps<'div'> & {
    /** Called once it is canceled, with the subscription as it is then. */
    onDone?: ((subscription: CustomerSubscription) => void) | undefined;
  };

/**
 * Renders a `<div>`, and nothing when there is nothing to cancel. `data-state` is `idle`, `asking`, `pending`, `error`, or `done`
 * while it is canceled and runs on.
 */
export const Root = forwardRef(function Root(
  { organizationId, client, polar: own, onDone, ...props }: CancelRootProps,
  ref: Ref<HTMLElement>,
) {
  const plan = usePlan({ organizationId, client, polar: own }, '<PolarCancel>', ref);
  const { polar, view, action } = plan;
  const visit = useVisit(polar, organizationId);
  const id = useId();
  const [last, setForm] = useState<Form>({ visit });
  // What one has written is not shown to another.
  const ownOf = (one: Form): Form => (one.visit === visit ? one : { visit });
  const form = ownOf(last);
  const fill = (more: Partial<Form>) => setForm((one) => ({ ...ownOf(one), ...more }));
  const isDone = view?.status === 'ending' || (!!form.isDone && view?.status === 'canceled');
  if (!view?.canCancel && !isDone) return null;

  const error = action.state.error === form.seen ? undefined : action.state.error;
  const state = plan.isPending ? 'pending' : error ? 'error' : isDone ? 'done' : form.isAsking ? 'asking' : 'idle';
  const { reason, comment } = form;
  const options = { reason, comment: comment?.trim() || undefined, organizationId };
  const value: CancelView = {
    ...plan,
    error,
    id,
    form,
    fill,
    isDone,
    close: () => fill({ isAsking: false, seen: action.state.error }),
    cancel: () =>
      plan.act(
        (of, call) => polar.cancelSubscription(of, options, call),
        (subscription) => {
          setForm({ visit, isDone: true });
          onDone?.(subscription);
        },
      ),
  };
  return frame(value, 'div', { 'data-state': state, ...plan.root, ...props });
});

/** A `<button>` that asks; renders nothing once it is canceled. */
export const Trigger = part(
  'Trigger',
  'button',
  ({ isDone, fill }, { words }) =>
    !isDone && { 'aria-haspopup': 'dialog', children: words.cancel.open, onClick: () => fill({ isAsking: true }) },
);

/** A native `<dialog>`, modal, while it is asked. Escape keeps the plan. */
export const Dialog = forwardRef<HTMLDialogElement, ComponentPropsWithoutRef<'dialog'>>(function Dialog(props, ref) {
  const view = use('PolarCancel.Dialog');
  const { id, isPending, close } = view;
  if (!view.form.isAsking || view.isDone) return null;
  return (
    <Provider value={{ ...view, isInDialog: true }}>
      <Modal data-polar="cancel-dialog" aria-labelledby={id} {...{ ...props, isPending, close }} ref={ref} />
    </Provider>
  );
});

/** An `<h2>`: the dialog's heading. */
export const Title = part('Title', 'h2', ({ id }, { words }) => ({ id, children: words.cancel.title }));

/** A `<p>`: until when there is access after it. */
export const Until = part('Until', 'p', ({ view }, { words, fill, date }) => {
  const { until, endsAt = '' } = view ?? {};
  const { cancel } = words;
  return { children: endsAt ? fill(until ? cancel.until : cancel.done, { date: date(until ?? endsAt) }) : cancel.now };
});

/** A `<div>` for your offer to stay: renders its children while it is asked, and nothing without any. */
export const Offer = part('Offer', 'div', ({ form }, _, { children }) => form.isAsking && children && {});

/** One reason of Polar's list. */
export interface CancelChoice {
  /** Polar's word. */
  readonly reason: string;
  readonly text: string;
  readonly isChosen: boolean;
  readonly choose: () => void;
}

const radio = (name: string, { reason, text, isChosen, choose }: CancelChoice) => (
  <label key={reason}>
    <input type="radio" name={name} value={reason} checked={isChosen} onChange={choose} />
    {text}
  </label>
);

/** A `<fieldset>` of radio buttons: why. `children` renders one of them; a `<label>` with its `<input>` when absent. */
export const Reasons = part<'fieldset', { children?: ((choice: CancelChoice) => ReactNode) | undefined }>(
  'Reasons',
  'fieldset',
  ({ id, form, fill }, { words }, { children = (choice) => radio(id, choice) }) => ({
    children: (
      <>
        <legend>{words.cancel.reason}</legend>
        {Object.entries(words.cancel.reasons).map(([reason, text]) =>
          children({ reason, text, isChosen: form.reason === reason, choose: () => fill({ reason }) }),
        )}
      </>
    ),
  }),
);

/** A `<label>` of Comment. */
export const CommentLabel = part('CommentLabel', 'label', ({ id }, { words }) => ({
  id: `${id}l`,
  htmlFor: `${id}c`,
  children: words.cancel.comment,
}));

/** A `<textarea>` for the buyer's own words, 1,000 characters at most. */
export const Comment = part('Comment', 'textarea', ({ id, form, fill }) => ({
  id: `${id}c`,
  'aria-labelledby': `${id}l`,
  maxLength: 1000,
  value: form.comment ?? '',
  onChange: ({ target }: { target: HTMLTextAreaElement }) => fill({ comment: target.value }),
}));

/** A `<button>` that closes the dialog. */
export const Keep = part('Keep', 'button', (view, { words }) => ({
  ...button(view, words.cancel.keep, view.close),
  'aria-busy': undefined,
}));

/** A `<button>` that cancels. `data-state` is `idle`, `pending` or `error`. */
export const Confirm = part('Confirm', 'button', (view, { words }) => button(view, words.cancel.confirm, view.cancel));

/** A `<p role="alert">`: why Confirm has failed, inside the dialog, or Undo, outside of it. */
export const Failure = part('Error', 'p', (view, texts) => (view.isInDialog || view.isDone) && failure(view, texts));

/** A `<p role="status">`: when it ends, once it is canceled. */
export const Done = part('Done', 'p', ({ isDone, view }, { words, fill, date }) => {
  const { endsAt } = view ?? {};
  const children = endsAt ? fill(words.cancel.done, { date: date(endsAt) }) : words.cancel.ended;
  return isDone && { role: 'status', children };
});

/** A `<button>` that takes the cancellation back; renders nothing before. `data-state` is `idle`, `pending` or `error`. */
export const Undo = part(
  'Undo',
  'button',
  (view, texts) => view.isDone && resumeButton(view, texts, texts.words.cancel.undo),
);
