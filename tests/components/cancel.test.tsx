// Canceling: it asks first, says until when there is access, sends the reason, and can be taken back.
import { PolarCancel, useSubscription } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { renderToString } from 'react-dom/server';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ENGLISH } from '../../js/localization.ts';
import { Account, FREE, SUBSCRIPTION } from '../js/support/account.ts';
import { eventually } from '../js/support/eventually.ts';
import { ORGANIZATION } from '../js/support/gateway.ts';
import { ADA, BOB } from '../js/support/people.ts';
import { App, PlainApp } from './support/app.tsx';
import { client, gateway, logged, setStage } from './support/stage.ts';

let account: Account;
const CANCELED = { ...SUBSCRIPTION, cancel_at_period_end: true, ends_at: SUBSCRIPTION.current_period_end };
const CANCEL = `/subscriptions/${SUBSCRIPTION.id}/cancel`;
const RESUME = `/subscriptions/${SUBSCRIPTION.id}/resume`;

setStage({ stopClock: true });
beforeEach(() => {
  account = new Account(gateway);
  account.bodies[CANCEL] = CANCELED;
  account.bodies[RESUME] = SUBSCRIPTION;
  client.signIn(ADA);
});

const has = (subscription: object) => {
  account.bodies['/customer/subscriptions'] = { items: [subscription] };
};
const show = (children = <PolarCancel />) => render(children, { wrapper: PlainApp });
const root = () => document.querySelector<HTMLElement>('[data-polar="cancel"]');
const trigger = () => screen.findByRole('button', { name: 'Cancel plan' });
/** Says when what the parts wait for is there. */
function Known() {
  return useSubscription().isLoading ? null : <p>known</p>;
}
const bodies = (path: string) => gateway.asked.filter((asked) => asked.path.endsWith(path)).map(({ body }) => body);

async function ask() {
  const opener = await trigger();
  opener.focus();
  fireEvent.click(opener);
  return within(screen.getByRole('dialog', { name: 'Cancel your plan?' }));
}
const confirm = (dialog: Awaited<ReturnType<typeof ask>>) =>
  fireEvent.click(dialog.getByRole('button', { name: 'Cancel plan' }));

describe('PolarCancel', () => {
  it('asks first, and says until when there is access', async () => {
    show();
    await trigger();
    expect(root()?.dataset.state).toBe('idle');

    const dialog = await ask();

    expect(root()?.dataset.state).toBe('asking');
    dialog.getByText('You keep access until December 22, 2026.');
    expect(dialog.getByRole('group', { name: 'Why are you leaving?' })).toBeDefined();
    expect(dialog.getAllByRole('radio').map((radio) => radio.getAttribute('value'))).toEqual([
      'customer_service',
      'low_quality',
      'missing_features',
      'switched_service',
      'too_complex',
      'too_expensive',
      'unused',
      'other',
    ]);
    expect(account.asked(CANCEL)).toBe(0);
  });

  it('sends the reason and the comment once, says when it ends, and offers to undo it', async () => {
    const onDone = vi.fn();
    show(<PolarCancel onDone={onDone} />);
    const dialog = await ask();
    fireEvent.click(dialog.getByRole('radio', { name: 'Too expensive' }));
    const comment = dialog.getByRole<HTMLTextAreaElement>('textbox', { name: 'Anything else? (optional)' });
    expect(comment.maxLength).toBe(1000);
    fireEvent.change(comment, { target: { value: ' See you. ' } });

    has(CANCELED);
    confirm(dialog);
    expect(root()?.dataset.state).toBe('pending');
    confirm(dialog);
    expect((await screen.findByRole('status')).textContent).toBe('Your plan ends on December 22, 2026.');

    expect(bodies(CANCEL)).toEqual([{ reason: 'too_expensive', comment: 'See you.' }]);
    expect(onDone).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ cancelAtPeriodEnd: true }));
    expect(root()?.dataset.state).toBe('done');
    expect(screen.queryByRole('dialog')).toBeNull();
    await waitFor(() => expect(document.activeElement).toBe(root()));
    screen.getByRole('button', { name: 'Keep my plan after all' });
  });

  it('needs neither reason nor comment', async () => {
    show();

    confirm(await ask());
    await screen.findByRole('status');

    expect(bodies(CANCEL)).toEqual([{}]);
  });

  it('takes it back, also after the page was loaded anew', async () => {
    has(CANCELED);
    show();
    const undo = await screen.findByRole('button', { name: 'Keep my plan after all' });
    screen.getByText('Your plan ends on December 22, 2026.');

    has(SUBSCRIPTION);
    fireEvent.click(undo);

    await trigger();
    expect(account.asked(RESUME)).toBe(1);
    expect(screen.queryByRole('status')).toBeNull();
  });

  it('tells why it could not be taken back', async () => {
    has(CANCELED);
    delete account.bodies[RESUME];
    show();

    fireEvent.click(await screen.findByRole('button', { name: 'Keep my plan after all' }));

    expect((await screen.findByRole('alert')).textContent).toBe(ENGLISH.errors.other);
    expect(logged.map(({ message }) => message)).toEqual([RESUME]);
    expect(root()?.dataset.state).toBe('error');
  });

  it('tells inside the dialog why it failed, keeps what was written, and forgets the error when it is closed', async () => {
    delete account.bodies[CANCEL];
    show();
    const dialog = await ask();
    fireEvent.click(dialog.getByRole('radio', { name: 'Another reason' }));
    confirm(dialog);

    expect((await dialog.findByRole('alert')).textContent).toBe(ENGLISH.errors.other);
    expect(logged.map(({ message }) => message)).toEqual([CANCEL]);
    expect(screen.getAllByRole('alert')).toHaveLength(1);
    expect(root()?.dataset.state).toBe('error');
    fireEvent.click(dialog.getByRole('button', { name: 'Keep plan' }));
    expect(root()?.dataset.state).toBe('idle');
    const again = await ask();
    expect(again.queryByRole('alert')).toBeNull();
    expect(again.getByRole<HTMLInputElement>('radio', { name: 'Another reason' }).checked).toBe(true);
    account.bodies[CANCEL] = CANCELED;
    confirm(again);
    await screen.findByText('Your plan ends on December 22, 2026.');
  });

  it('shows an offer to stay, and no place for one without', async () => {
    show(<PolarCancel offer={<a href="/half">Half the price</a>} />);
    await trigger();
    expect(screen.queryByRole('link')).toBeNull();

    const dialog = await ask();

    dialog.getByRole('link', { name: 'Half the price' });
    fireEvent.click(dialog.getByRole('button', { name: 'Keep plan' }));
    expect(screen.queryByRole('link')).toBeNull();
    show();
    expect(document.querySelector('[data-polar="cancel-offer"]')).toBeNull();
  });

  it.each<[string, object, object]>([
    ['nothing was bought', FREE, { items: [] }],
    ['it has ended', FREE, { items: [{ ...CANCELED, status: 'canceled', ended_at: SUBSCRIPTION.current_period_end }] }],
    ['it was never paid', FREE, { items: [{ ...SUBSCRIPTION, status: 'incomplete' }] }],
  ])('renders nothing when %s', async (_, state, list) => {
    account.bodies['/customer/state'] = state;
    account.bodies['/customer/subscriptions'] = list;
    show(
      <>
        <PolarCancel />
        <Known />
      </>,
    );
    await screen.findByText('known');

    expect(root()).toBeNull();
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('says of a paused plan that it ends at once, and then that it has', async () => {
    has({ ...SUBSCRIPTION, status: 'paused' });
    const ended = { ...SUBSCRIPTION, status: 'canceled', ended_at: '2026-11-23T06:00:00Z' };
    account.bodies[CANCEL] = ended;
    show();
    const dialog = await ask();
    dialog.getByText('Your plan ends at once.');

    has(ended);
    confirm(dialog);

    expect((await screen.findByRole('status')).textContent).toBe('Your plan has ended.');
    expect(screen.queryByRole('button')).toBeNull();
  });

  it('does not promise access that a missing payment has ended', async () => {
    account.bodies['/customer/state'] = {
      ...FREE,
      access: { allowed: false, reason: 'past_due_grace_over' },
      subscription_id: SUBSCRIPTION.id,
    };
    has({ ...SUBSCRIPTION, status: 'past_due' });
    show();

    (await ask()).getByText('Your plan ends on December 22, 2026.');
  });

  it('cancels for the organization that is named', async () => {
    show(<PolarCancel organizationId={ORGANIZATION} />);

    confirm(await ask());
    await screen.findByRole('status');

    expect(account.subjects(CANCEL)).toEqual([`${ADA} ${ORGANIZATION}`]);
  });

  it('gives up when somebody else signs in, and shows them nothing that was written', async () => {
    render(
      <App>
        <PolarCancel />
      </App>,
    );
    const dialog = await ask();
    fireEvent.change(dialog.getByRole('textbox'), { target: { value: 'My secret.' } });
    gateway.answer('hang');
    const asked = gateway.asked.length;
    confirm(dialog);
    await gateway.arrived(asked + 1);
    account = new Account(gateway);

    await act(async () => client.signIn(BOB));
    await eventually(() => expect(gateway.aborted).toBe(1));
    expect(screen.queryByRole('dialog')).toBeNull();

    expect((await ask()).getByRole<HTMLTextAreaElement>('textbox').value).toBe('');
  });

  it('is open in its place where the browser has no modal dialogs', async () => {
    show();
    await ask();

    expect(screen.getByRole<HTMLDialogElement>('dialog').open).toBe(true);
  });

  it('renders nothing on a server', () => {
    expect(
      renderToString(
        <PlainApp>
          <PolarCancel />
        </PlainApp>,
      ),
    ).toBe('');
  });

  it('lets each part be another element, and reasons be rendered by hand', async () => {
    const clicked = vi.fn();
    show(
      <PolarCancel.Root>
        <PolarCancel.Trigger asChild>
          <button type="button" className="link" onClick={clicked}>
            Leave
          </button>
        </PolarCancel.Trigger>
        <PolarCancel.Dialog className="sheet">
          <PolarCancel.Title>Going?</PolarCancel.Title>
          <PolarCancel.Reasons>
            {({ reason, text, isChosen, choose }) => (
              <button key={reason} type="button" aria-pressed={isChosen} onClick={choose}>
                {text}
              </button>
            )}
          </PolarCancel.Reasons>
          <PolarCancel.Comment asChild>
            <textarea className="mine" aria-label="Why" />
          </PolarCancel.Comment>
          <PolarCancel.Confirm>Yes</PolarCancel.Confirm>
        </PolarCancel.Dialog>
      </PolarCancel.Root>,
    );
    fireEvent.click(await screen.findByRole('button', { name: 'Leave' }));
    expect(clicked).toHaveBeenCalledOnce();
    const dialog = within(screen.getByRole('dialog', { name: 'Going?' }));
    expect(screen.getByRole('dialog').className).toBe('sheet');

    fireEvent.click(dialog.getByRole('button', { name: 'Too complex' }));
    expect(dialog.getByRole('button', { name: 'Too complex' }).getAttribute('aria-pressed')).toBe('true');
    fireEvent.change(dialog.getByRole('textbox'), { target: { value: 'Hm' } });
    fireEvent.click(dialog.getByRole('button', { name: 'Yes' }));

    await waitFor(() => expect(bodies(CANCEL)).toEqual([{ reason: 'too_complex', comment: 'Hm' }]));
  });
});

describe('a modal dialog', () => {
  // jsdom has none: as the standard says, as far as it matters here.
  const { showModal, close } = HTMLDialogElement.prototype;
  let before: Element | null;
  beforeEach(() => {
    HTMLDialogElement.prototype.showModal = function showModalOf() {
      before = document.activeElement;
      this.open = true;
      this.querySelector<HTMLElement>('button, input')?.focus();
    };
    HTMLDialogElement.prototype.close = function closeOf() {
      if (!this.open) return;
      this.open = false;
      (before as HTMLElement | null)?.focus();
      queueMicrotask(() => this.dispatchEvent(new Event('close')));
    };
    return () => Object.assign(HTMLDialogElement.prototype, { showModal, close });
  });

  /** What a browser does at Escape. */
  const pressEscape = (dialog: HTMLDialogElement) =>
    act(async () => {
      if (dialog.dispatchEvent(new Event('cancel', { cancelable: true }))) dialog.close();
    });

  it('stays open in StrictMode, closes by Escape, and gives the focus back', async () => {
    show();
    await ask();
    await act(async () => {});
    const dialog = screen.getByRole<HTMLDialogElement>('dialog');
    expect(dialog.open).toBe(true);

    await pressEscape(dialog);

    expect(screen.queryByRole('dialog')).toBeNull();
    expect(document.activeElement).toBe(await trigger());
    expect(root()?.dataset.state).toBe('idle');
  });

  it('stays open while the plan is being canceled', async () => {
    show();
    const dialog = await ask();
    gateway.answer('hang');
    confirm(dialog);

    await pressEscape(screen.getByRole<HTMLDialogElement>('dialog'));
    fireEvent.click(dialog.getByRole('button', { name: 'Keep plan' }));

    expect(screen.getByRole<HTMLDialogElement>('dialog').open).toBe(true);
  });

  it('gives the focus back when it is closed by a button', async () => {
    show();
    const dialog = await ask();

    fireEvent.click(dialog.getByRole('button', { name: 'Keep plan' }));

    expect(document.activeElement).toBe(await trigger());
  });
});
