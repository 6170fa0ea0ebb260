// A click takes time: it leads away only who made it, while they are on the page, for the organization it was made for.
import { createPolarPlugin, type PolarError } from '@plinto/polar';
import { PolarCheckoutButton, PolarProvider } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../js/support/eventually.ts';
import { CHECKOUT, ORGANIZATION, OTHER_ORGANIZATION, PRODUCT } from '../js/support/gateway.ts';
import { ADA, BOB, tokenOf } from '../js/support/people.ts';
import { App } from './support/app.tsx';
import { assign, client, gateway, setStage } from './support/stage.ts';

setStage({ stopClock: true });

describe('a click', () => {
  const button = () => screen.getByRole<HTMLButtonElement>('button');
  const errors: PolarError[] = [];
  let answer: () => void;
  beforeEach(() => {
    errors.length = 0;
    client.signIn(ADA);
    const released = new Promise<void>((resolve) => {
      answer = resolve;
    });
    gateway.answer(async () => {
      await released;
      return CHECKOUT;
    });
  });
  const buy = <PolarCheckoutButton productId={PRODUCT} onError={(error) => errors.push(error)} />;
  /** Lets the answer come, and whatever it leads to happen. */
  async function settle() {
    answer();
    await act(() => new Promise((resolve) => setTimeout(resolve, 50)));
  }

  it('is made for the organization of a plugin that was made anew', async () => {
    answer();
    const { rerender } = render(<App organization={ORGANIZATION}>{buy}</App>);
    rerender(<App organization={OTHER_ORGANIZATION}>{buy}</App>);

    fireEvent.click(button());
    await waitFor(() => expect(assign).toHaveBeenCalledOnce());

    expect(gateway.asked).toMatchObject([{ body: { organization_id: OTHER_ORGANIZATION } }]);
  });

  it('leads nobody away who has left the page', async () => {
    const { rerender } = render(<App>{buy}</App>);
    fireEvent.click(button());
    await gateway.arrived();

    rerender(<App>elsewhere</App>);
    await eventually(() => expect(gateway.aborted).toBe(1));
    await settle();

    expect(assign).not.toHaveBeenCalled();
    expect(errors).toEqual([]);
  });

  it.each([
    ['signs out', () => client.signOut()],
    ['is somebody else', () => client.signIn(BOB)],
  ])('leads nobody away when the user %s, and the button is alive', async (_, happen) => {
    render(<App>{buy}</App>);
    fireEvent.click(button());
    await gateway.arrived();

    await act(async () => happen());
    expect(button().dataset.state).toBe('idle');
    await settle();

    expect(assign).not.toHaveBeenCalled();
    expect(errors).toEqual([]);
  });

  it('leads nobody away when the organization is another one', async () => {
    const { rerender } = render(<App organization={ORGANIZATION}>{buy}</App>);
    fireEvent.click(button());
    await gateway.arrived();

    rerender(<App organization={OTHER_ORGANIZATION}>{buy}</App>);
    expect(button().dataset.state).toBe('idle');
    await settle();

    expect(assign).not.toHaveBeenCalled();
  });

  it('leads nobody away who is another user without any event', async () => {
    render(<App>{buy}</App>);
    fireEvent.click(button());
    await gateway.arrived();

    client.token = tokenOf(BOB);
    await settle();

    expect(assign).not.toHaveBeenCalled();
    expect(button().dataset.state).toBe('idle');
    expect(errors).toEqual([]);
  });

  it('leads away although the page makes its plugin anew meanwhile', async () => {
    const page = () => (
      <PolarProvider client={client} plugin={createPolarPlugin({ organizationId: ORGANIZATION })}>
        {buy}
      </PolarProvider>
    );
    const { rerender } = render(page());
    fireEvent.click(button());
    await gateway.arrived();

    rerender(page());
    expect(button().dataset.state).toBe('pending');
    await settle();

    expect(assign).toHaveBeenCalledOnce();
  });

  it('leads away when the same user has got a new token meanwhile', async () => {
    render(<App>{buy}</App>);
    fireEvent.click(button());
    await gateway.arrived();

    client.refresh(ADA);
    await settle();

    expect(assign).toHaveBeenCalledOnce();
  });

  it('leaves no error of one user to the next', async () => {
    answer();
    gateway.answer({ status: 403, body: { error: { code: 'ROLE_NOT_ALLOWED', message: 'Ask an owner.' } } });
    vi.spyOn(console, 'error').mockImplementation(() => {});
    render(
      <App>
        <PolarCheckoutButton productId={PRODUCT} />
      </App>,
    );
    fireEvent.click(button());
    await waitFor(() => expect(button().title).not.toBe(''));

    await act(async () => client.signIn(BOB));

    expect(button().title).toBe('');
    expect(button().dataset.state).toBe('idle');
  });
});
