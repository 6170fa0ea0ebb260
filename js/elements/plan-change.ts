// What a change of plan would cost, in a dialog, and the button that makes it: PolarPlanChange of /react in small.
import type { PolarClient } from '../client.js';
import { errorText, logError } from '../error-text.js';
import { planView } from '../plan-view.js';
import type { PlanView } from '../pricing.js';
import { Query } from '../store.js';
import type { Texts } from '../texts.js';
import type { CallOptions, ChangePreview, CustomerSubscription, PreviewLine, ProductList } from '../types.js';
import { Action } from './action.js';
import { assign, h, part, patch } from './h.js';
import { stateOf } from './state.js';

export interface PlanChange {
  polar: PolarClient;
  organizationId: string | undefined;
  /** The plan to change to; of a subscription. */
  plan: PlanView;
  products: ProductList | undefined;
  texts: Texts;
  /** Told that it is closed. */
  onClose: () => void;
}

/** Shows the dialog in `parent`. Returns what ends it. */
export function openPlanChange(parent: Element, change: PlanChange): () => void {
  const { polar, organizationId, plan, products, texts, onClose } = change;
  const { words, fill, count } = texts;
  const id = plan.subscriptionId ?? '';
  const options = { ...plan.target, organizationId };
  const query = new Query(polar.session, (call) => polar.previewSubscription(id, options, call), false);
  const action = new Action(draw);
  const section = document.createElement('section');
  const dialog = document.createElement('dialog');
  section.append(dialog);
  let done: CustomerSubscription | undefined;
  let stop = query.subscribe(draw);

  const end = (): void => {
    stop();
    action.reset();
    dialog.onclose = null;
    // Closed before it is gone, or the browser gives no focus back.
    dialog.close();
    section.remove();
  };
  const close = (): void => {
    end();
    onClose();
  };

  async function confirm(): Promise<void> {
    // What it costs is not asked again while it is being made.
    stop();
    const run = async (call: CallOptions) => {
      const changed = await polar.changeSubscription(id, options, call);
      if (!call.signal?.aborted) done = changed;
    };
    const error = await action.start(polar, run);
    logError(error);
    if (error) stop = query.subscribe(draw);
    // The button is gone that was pressed: the focus must not go with it.
    if (done) dialog.querySelector('button')?.focus();
  }

  function draw(): void {
    const { data, error } = query.getSnapshot();
    const preview = done ? undefined : data;
    const condition = done || preview ? 'ready' : error ? 'error' : 'loading';
    const { seats } = plan.target;
    const title = words.change.title;
    const label = seats
      ? count(words.change.confirmSeats, seats)
      : fill(words.change.confirm, { plan: plan.product.name });
    const mark = (name: string) => ({ 'data-polar': `plan-change-${name}` });
    const failed = action.error && errorText(words, action.error);
    assign(section, {
      'data-polar': 'plan-change',
      'data-state': done ? 'done' : action.state === 'idle' ? condition : action.state,
    });
    assign(dialog, {
      ...mark('dialog'),
      'aria-label': title,
      onCancel: (event: Event) => action.isRunning && event.preventDefault(),
      onClose: close,
    });
    patch(
      dialog,
      h('h2', mark('title'), title),
      stateOf('plan-change', texts, {
        condition,
        error,
        isFetching: query.getSnapshot().isFetching,
        refetch: query.refetch,
      }),
      preview && figures(preview, texts, plan),
      part('p', 'plan-change-error', { role: 'alert' }, failed),
      done &&
        h(
          'p',
          { ...mark('done'), role: 'status' },
          planView(texts, done, undefined, products).change ?? words.change.done,
        ),
      h(
        'div',
        mark('buttons'),
        h(
          'button',
          {
            ...mark('dismiss'),
            ...action.props,
            'aria-busy': undefined,
            onClick: () => !action.isRunning && dialog.close(),
          },
          done ? words.common.close : words.change.cancel,
        ),
        preview && h('button', { ...mark('confirm'), ...action.props, onClick: confirm }, label),
      ),
    );
  }

  draw();
  parent.append(section);
  dialog.showModal();
  return end;
}

function figures(preview: ChangePreview, { words, fill, money, date, count }: Texts, plan: PlanView) {
  const { amountNow, amountNext, nextAt, appliesAt, currency, prorationBehavior, lines, isEstimate } = preview;
  const { appliesOn, now, credited, later } = words.change;
  const pair = (label: string, value: string) => [
    h('span', { key: 'label' }, label),
    ' ',
    h('span', { key: 'value' }, value),
  ];
  const line = ({ kind, amount, productName = plan.product.name, seats, to }: PreviewLine, index: number) => {
    const name = seats === undefined ? productName : `${productName} · ${count(words.pricing.seats, seats)}`;
    const text = fill(kind === 'credit' ? words.change.credit : words.change.charge, { plan: name, date: date(to) });
    const props = { 'data-polar': 'plan-change-line', 'data-kind': kind, key: index };
    return h('li', props, ...pair(text, money(amount, currency)));
  };
  const isLater = prorationBehavior === 'prorate' && !amountNow;
  const due = isLater ? lines.reduce((sum, { amount }) => sum + amount, 0) : Math.abs(amountNow);
  const next = fill(words.change.nextOn, { amount: money(amountNext, currency), date: date(nextAt) });
  return [
    part('ul', 'plan-change-lines', {}, lines.map(line)),
    prorationBehavior === 'next_period'
      ? h('p', { 'data-polar': 'plan-change-now' }, fill(appliesOn, { date: date(appliesAt) }))
      : h(
          'p',
          { 'data-polar': 'plan-change-now' },
          ...pair(isLater ? later : amountNow < 0 ? credited : now, money(due, currency)),
        ),
    h('p', { 'data-polar': 'plan-change-next' }, ...pair(words.change.next, next)),
    isEstimate && h('p', { 'data-polar': 'plan-change-estimate' }, words.change.estimate),
  ];
}
