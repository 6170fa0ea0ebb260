'use client';
// The parts of PolarCancel: a button, a dialog that asks whether and why, what came of it, and how to take it back.
import { type ComponentPropsWithoutRef, forwardRef, type ReactNode, type Ref, useId, useState } from 'react';
import type { CustomerSubscription, PolarError } from '../../js/index.js';
import { Modal } from '../Modal.js';
import { definePart, definePartContext, Part, type PartProps } from '../part.js';
import { buttonProps, defineFailure, defineResume, type Plan, usePlan } from '../plan.js';
import type { SubjectSource } from '../useQuery.js';
import { useTexts } from '../useTexts.js';
import { useVisit } from '../useVisit.js';

/** What is being answered, by whoever is there. */
interface Form {
  visit: string;
  isAsking: boolean;
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

const Cancel = definePartContext<CancelView>('PolarCancel.Root');

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
  const [plan, root] = usePlan({ organizationId, client, polar: own }, '<PolarCancel>', ref);
  const { polar, view, action, act } = plan;
  const visit = useVisit(polar, organizationId);
  const id = useId();
  const [last, setForm] = useState<Form>({ visit, isAsking: false });
  // What one has written is not shown to another.
  const ownOf = (one: Form): Form => (one.visit === visit ? one : { visit, isAsking: false });
  const form = ownOf(last);
  const fill = (part: Partial<Form>) => setForm((one) => ({ ...ownOf(one), ...part }));
  const isDone = view?.status === 'ending' || (form.isDone === true && view?.status === 'canceled');
  if (!view?.canCancel && !isDone) return null;

  const error = action.state.error === form.seen ? undefined : action.state.error;
  const name = action.state.name === 'error' && !error ? 'idle' : action.state.name;
  const rest = isDone ? 'done' : form.isAsking ? 'asking' : 'idle';
  const value: CancelView = {
    ...plan,
    error,
    id,
    form,
    fill,
    isDone,
    close: () => action.running.current || fill({ isAsking: false, seen: action.state.error }),
    cancel: () =>
      act(
        (client, of, call) => {
          const { reason, comment } = form;
          return client.cancelSubscription(of, { reason, comment: comment?.trim() || undefined, organizationId }, call);
        },
        (subscription) => {
          setForm({ visit, isAsking: false, isDone: true });
          onDone?.(subscription);
        },
      ),
  };
  return (
    <Cancel.Provider value={value}>
      <Part tag="div" data-polar="cancel" data-state={name === 'idle' ? rest : name} {...root} {...props} />
    </Cancel.Provider>
  );
});

/** A `<button>` that asks; renders nothing once it is canceled. */
export const Trigger = definePart('PolarCancel.Trigger', 'button', function useTrigger(props) {
  const { isDone, fill } = Cancel.use('PolarCancel.Trigger');
  const text = useTexts().words.cancel.open;
  return isDone ? null : { 'aria-haspopup': 'dialog', ...buttonProps(props, text, () => fill({ isAsking: true })) };
});

/** A native `<dialog>`, modal, while it is asked. Escape keeps the plan. */
export const Dialog = forwardRef<HTMLDialogElement, ComponentPropsWithoutRef<'dialog'>>(function Dialog(props, ref) {
  const view = Cancel.use('PolarCancel.Dialog');
  if (!view.form.isAsking || view.isDone) return null;
  return (
    <Cancel.Provider value={{ ...view, isInDialog: true }}>
      <Modal data-polar="cancel-dialog" aria-labelledby={`${view.id}title`} {...props} close={view.close} ref={ref} />
    </Cancel.Provider>
  );
});

/** An `<h2>`: the dialog's heading. */
export const Title = definePart('PolarCancel.Title', 'h2', function useTitle(props) {
  const { id } = Cancel.use('PolarCancel.Title');
  return { id: `${id}title`, children: useTexts().words.cancel.title, ...props };
});

/** A `<p>`: until when there is access after it. */
export const Until = definePart('PolarCancel.Until', 'p', function useUntil(props) {
  const { view } = Cancel.use('PolarCancel.Until');
  const { words, fill, date } = useTexts();
  const { until, endsAt = '' } = view ?? {};
  const { cancel } = words;
  const text = until ? cancel.until : endsAt ? cancel.done : cancel.now;
  return { children: endsAt ? fill(text, { date: date(until ?? endsAt) }) : text, ...props };
});

/** A `<div>` for your offer to stay: renders its children while it is asked, and nothing without any. */
export const Offer = definePart('PolarCancel.Offer', 'div', function useOffer(props) {
  const { form } = Cancel.use('PolarCancel.Offer');
  return form.isAsking && props.children ? props : null;
});

/** One reason of Polar's list. */
export interface CancelChoice {
  /** Polar's word. */
  readonly reason: string;
  readonly text: string;
  readonly isChosen: boolean;
  readonly choose: () => void;
}

/** A `<fieldset>` of radio buttons: why. `children` renders one of them; a `<label>` with its `<input>` when absent. */
export const Reasons = definePart<'fieldset', { children?: ((choice: CancelChoice) => ReactNode) | undefined }>(
  'PolarCancel.Reasons',
  'fieldset',
  function useReasons({ children, ...props }) {
    const { id, form, fill } = Cancel.use('PolarCancel.Reasons');
    const words = useTexts().words.cancel;
    const radio = ({ reason, text, isChosen, choose }: CancelChoice) => (
      <label key={reason}>
        <input type="radio" name={`${id}reason`} value={reason} checked={isChosen} onChange={choose} />
        {text}
      </label>
    );
    const choices = Object.entries(words.reasons).map(([reason, text]) =>
      (children ?? radio)({ reason, text, isChosen: form.reason === reason, choose: () => fill({ reason }) }),
    );
    return {
      ...props,
      children: (
        <>
          <legend>{words.reason}</legend>
          {choices}
        </>
      ),
    };
  },
);

/** A `<label>` of Comment. */
export const CommentLabel = definePart('PolarCancel.CommentLabel', 'label', function useCommentLabel(props) {
  const { id } = Cancel.use('PolarCancel.CommentLabel');
  return { id: `${id}label`, htmlFor: `${id}comment`, children: useTexts().words.cancel.comment, ...props };
});

/** A `<textarea>` for the buyer's own words, 1,000 characters at most. */
export const Comment = definePart('PolarCancel.Comment', 'textarea', function useComment({ onChange, ...props }) {
  const { id, form, fill } = Cancel.use('PolarCancel.Comment');
  return {
    id: `${id}comment`,
    'aria-labelledby': `${id}label`,
    maxLength: 1000,
    rows: 3,
    value: form.comment ?? '',
    ...props,
    onChange: (event: React.ChangeEvent<HTMLTextAreaElement>) => {
      onChange?.(event);
      fill({ comment: event.target.value });
    },
  };
});

/** A `<button>` that closes the dialog. */
export const Keep = definePart('PolarCancel.Keep', 'button', function useKeep(props) {
  return buttonProps(props, useTexts().words.cancel.keep, Cancel.use('PolarCancel.Keep').close);
});

/** A `<button>` that cancels. `data-state` is `idle`, `pending` or `error`. */
export const Confirm = definePart('PolarCancel.Confirm', 'button', function useConfirm(props) {
  const { cancel, action } = Cancel.use('PolarCancel.Confirm');
  return buttonProps(props, useTexts().words.cancel.confirm, cancel, action);
});

/** A `<p role="alert">`: why Confirm has failed, inside the dialog, or Undo, outside of it. */
export const Failure = defineFailure('PolarCancel.Error', function useError(part) {
  const { error, isInDialog, isDone } = Cancel.use(part);
  return { error: isInDialog || isDone ? error : undefined };
});

/** A `<p role="status">`: when it ends, once it is canceled. */
export const Done = definePart('PolarCancel.Done', 'p', function useDone(props) {
  const { isDone, view } = Cancel.use('PolarCancel.Done');
  const { words, fill, date } = useTexts();
  const { endsAt } = view ?? {};
  const said = endsAt ? fill(words.cancel.done, { date: date(endsAt) }) : words.cancel.ended;
  return isDone ? { role: 'status', children: said, ...props } : null;
});

/** A `<button>` that takes the cancellation back; renders nothing before. `data-state` is `idle`, `pending` or `error`. */
export const Undo = defineResume('PolarCancel.Undo', Cancel.use, 'undo');
