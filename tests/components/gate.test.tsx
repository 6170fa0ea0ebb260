// What only those see whose plan has it, and what stands in its place.
import { createPolarPlugin } from '@plinto/polar';
import { PolarGate, PolarPaywall, PolarProvider } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { createRef, StrictMode } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ENGLISH } from '../../js/localization.ts';
import { ORGANIZATION, refusal, subjectOf } from '../js/support/gateway.ts';
import { ADA, BOB } from '../js/support/people.ts';
import { App, PlainApp } from './support/app.tsx';
import { hydrate } from './support/hydrate.tsx';
import { client, gateway, polar, setStage } from './support/stage.ts';

const YES = { status: 200, body: { allowed: true, reason: 'active', tier: 'pro' } };
const NO = { status: 200, body: { allowed: false, reason: 'no_plan' } };

setStage();
beforeEach(() => client.signIn(ADA));

const secret = vi.fn(() => <p>secret</p>);
beforeEach(() => void secret.mockClear());
const gate = (
  <PolarGate feature="export" fallback={<p>paywall</p>} loading={<p>loading</p>}>
    {secret}
  </PolarGate>
);
const shown = (container: HTMLElement) => container.textContent;

describe('PolarGate', () => {
  it('makes and renders nothing of its children before the server has said yes', async () => {
    let answer = () => {};
    const released = new Promise<void>((resolve) => {
      answer = resolve;
    });
    gateway.answer(async () => {
      await released;
      return YES;
    });
    const { container } = render(gate, { wrapper: PlainApp });
    await gateway.arrived();
    expect(container.innerHTML).toBe('<p>loading</p>');
    expect(secret).not.toHaveBeenCalled();

    answer();
    await screen.findByText('secret');

    expect(container.innerHTML).toBe('<p>secret</p>');
    expect(secret).toHaveBeenCalledWith({ allowed: true, reason: 'active', tier: 'pro' });
    expect(gateway.asked).toMatchObject([{ path: '/api/v1/polar/access', query: { feature: 'export' } }]);
  });

  it('renders nothing meanwhile by itself, and plain children after', async () => {
    gateway.answer(YES);
    const { container } = render(<PolarGate tier="pro">secret</PolarGate>, { wrapper: PlainApp });
    expect(container.innerHTML).toBe('');

    await waitFor(() => expect(container.innerHTML).toBe('secret'));

    expect(gateway.asked).toMatchObject([{ query: { tier: 'pro' } }]);
  });

  it('asks for any plan, and of an organization', async () => {
    gateway.answer(YES);
    render(<PolarGate organizationId={ORGANIZATION}>secret</PolarGate>, { wrapper: PlainApp });

    await screen.findByText('secret');

    expect(gateway.asked.map(subjectOf)).toEqual([`${ADA} ${ORGANIZATION}`]);
    expect(gateway.asked[0]?.query).toEqual({ organization_id: ORGANIZATION });
  });

  it('shows the fallback when the server has said no', async () => {
    gateway.answer(NO);
    const { container } = render(gate, { wrapper: PlainApp });

    await waitFor(() => expect(shown(container)).toBe('paywall'));

    expect(secret).not.toHaveBeenCalled();
  });

  it('shows the fallback while nobody is signed in, and asks nothing', async () => {
    client.token = null;
    const { container } = render(gate, { wrapper: PlainApp });

    await waitFor(() => expect(shown(container)).toBe('paywall'));

    expect(gateway.asked).toEqual([]);
  });

  it('takes an error for neither yes nor no, and asks again', async () => {
    gateway.answer(refusal(403, 'ROLE_NOT_ALLOWED'), YES);
    const { container } = render(gate, { wrapper: PlainApp });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain(ENGLISH.errors.ROLE_NOT_ALLOWED);
    expect(container.textContent).not.toContain('paywall');
    expect(secret).not.toHaveBeenCalled();

    fireEvent.click(screen.getByRole('button', { name: ENGLISH.common.retry }));

    await screen.findByText('secret');
  });

  it.each([
    ['signs out', () => client.signOut(), 'paywall'],
    ['is somebody else', () => client.signIn(BOB), 'loading'],
  ])('hides its children at once when the user %s', async (_, happen, then) => {
    gateway.answer(YES, 'hang');
    const { container } = render(<App>{gate}</App>);
    await screen.findByText('secret');

    act(() => void happen());

    expect(shown(container)).toBe(then);
  });

  it('keeps its children while the answer is renewed, and takes them away when it is no', async () => {
    let answer = () => {};
    const released = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let held = false;
    gateway.answer(async () => {
      if (!held) return YES;
      await released;
      return NO;
    });
    const { container } = render(gate, { wrapper: PlainApp });
    await screen.findByText('secret');
    held = true;

    act(() => polar.session.tell('changed'));
    await gateway.arrived(2);
    expect(shown(container)).toBe('secret');
    answer();

    await waitFor(() => expect(shown(container)).toBe('paywall'));
  });

  it('asks once for gates of the same feature', async () => {
    gateway.answer(YES);
    render(
      <>
        {gate}
        {gate}
      </>,
      { wrapper: PlainApp },
    );
    await waitFor(() => expect(screen.getAllByText('secret')).toHaveLength(2));

    expect(gateway.asked).toHaveLength(1);
  });

  it('takes no feature together with a tier', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const both = (
      <PolarGate feature="export" tier="pro">
        secret
      </PolarGate>
    );

    expect(() => render(both, { wrapper: PlainApp })).toThrow(/not both/);
  });

  it('is on the server what it is at the first render', async () => {
    gateway.answer(YES);
    const page = (
      <StrictMode>
        <PolarProvider polar={polar}>{gate}</PolarProvider>
      </StrictMode>
    );
    const { html, container } = await hydrate(page);
    expect(html).toBe('<p>loading</p>');
    await waitFor(() => expect(shown(container)).toBe('secret'));
  });
});

describe('PolarPaywall', () => {
  it('names the feature, says what to do, and holds the way on', () => {
    render(
      <PolarPaywall feature="Export" id="paywall">
        <button type="button">Subscribe</button>
      </PolarPaywall>,
      { wrapper: PlainApp },
    );

    expect(screen.getByRole('heading').textContent).toBe('Export is not in your plan');
    expect(screen.getByText(ENGLISH.paywall.description)).toBeDefined();
    const section = document.getElementById('paywall');
    expect(section?.dataset.polar).toBe('paywall');
    expect(section?.lastElementChild?.textContent).toBe('Subscribe');
  });

  it('names none where it is told none', () => {
    render(<PolarPaywall />, { wrapper: PlainApp });

    expect(screen.getByRole('heading').textContent).toBe(ENGLISH.paywall.titlePlan);
  });

  it('is made of parts that can be replaced one at a time', () => {
    const ref = createRef<HTMLElement>();
    render(
      <PolarPaywall.Root ref={ref} feature="Export">
        <PolarPaywall.Title asChild>
          <h1 className="big">Not yet</h1>
        </PolarPaywall.Title>
        <PolarPaywall.Description />
      </PolarPaywall.Root>,
      { wrapper: PlainApp },
    );

    expect(ref.current?.innerHTML).toBe(
      `<h1 class="big" data-polar="paywall-title">Not yet</h1><p data-polar="paywall-description">${ENGLISH.paywall.description}</p>`,
    );
  });

  it('speaks the language of the page', () => {
    const words = { ...ENGLISH, paywall: { ...ENGLISH.paywall, title: 'Ihr Tarif hat {feature} nicht' } };
    render(
      <PolarProvider client={client} plugin={createPolarPlugin()} localization={words}>
        <PolarPaywall feature="Export" />
      </PolarProvider>,
    );

    expect(screen.getByRole('heading').textContent).toBe('Ihr Tarif hat Export nicht');
  });
});
