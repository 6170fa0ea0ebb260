// The two buttons, over the real client and core, against a real server.
import {
  type CheckoutDetails,
  type CheckoutProduct,
  createPolarClient,
  createPolarPlugin,
  type PolarError,
} from '@plinto/polar';
import { PolarCheckoutButton, PolarCustomerPortal, PolarProvider, type RedirectButtonProps } from '@plinto/polar/react';
import { act, fireEvent, render, screen, waitFor } from '@testing-library/react';
import { createRef, StrictMode } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CHECKOUT_FIELDS } from '../../js/generated/checkout-fields.ts';
import { ENGLISH } from '../../js/localization.ts';
import { eventually } from '../js/support/eventually.ts';
import { CHECKOUT, ORGANIZATION, PORTAL, PRODUCT, refusal } from '../js/support/gateway.ts';
import { assign, gateway, logged, polar, setStage } from './support/stage.ts';

setStage({ token: 'token' });
beforeEach(() => void gateway.answer(CHECKOUT));

const button = () => screen.getByRole<HTMLButtonElement>('button');
const left = () => waitFor(() => expect(assign).toHaveBeenCalled());

describe('PolarCheckoutButton', () => {
  it('is a plain button that does nothing before it is clicked', () => {
    render(<PolarCheckoutButton polar={polar} productId={PRODUCT} />);

    expect(button().textContent).toBe('Subscribe');
    expect(button().type).toBe('button');
    expect(button().dataset.state).toBe('idle');
    expect(gateway.asked).toHaveLength(0);
  });

  it('opens a checkout on click and takes the browser there', async () => {
    render(
      <PolarCheckoutButton
        polar={polar}
        productId={PRODUCT}
        organizationId={ORGANIZATION}
        successUrl="https://app.example/done"
        metadata={{ source: 'pricing' }}
        seats={3}
      />,
    );

    fireEvent.click(button());
    await left();

    expect(assign).toHaveBeenCalledExactlyOnceWith(CHECKOUT.body.checkout_url);
    expect(gateway.asked.map(({ body }) => body)).toEqual([
      {
        product_id: PRODUCT,
        organization_id: ORGANIZATION,
        success_url: 'https://app.example/done',
        metadata: { source: 'pricing' },
        seats: 3,
      },
    ]);
  });

  it('sends every field of a checkout, and leaves none on the <button>', async () => {
    const details = {
      organizationId: ORGANIZATION,
      country: 'MX',
      successUrl: 'https://app.example/done',
      returnUrl: 'https://app.example/pricing',
      embedOrigin: 'https://app.example',
      seats: 3,
      locale: 'es-MX',
      currency: 'usd',
      metadata: { source: 'pricing' },
      customFieldData: { size: 'large' },
      discountId: PRODUCT,
      subscriptionId: PRODUCT,
      allowDiscountCodes: false,
      allowTrial: true,
      trialInterval: 'week',
      trialIntervalCount: 2,
      amount: 1_500,
    } satisfies Required<CheckoutDetails>;
    const given = { ...details, productId: PRODUCT };
    expect([...Object.keys(given), 'products', 'slug'].sort()).toEqual([...CHECKOUT_FIELDS].sort());
    render(<PolarCheckoutButton polar={polar} {...given} id="buy" data-plan="pro" />);

    fireEvent.click(button());
    await left();

    const toSnake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    const sent = Object.fromEntries(Object.entries(given).map(([name, value]) => [toSnake(name), value]));
    expect(gateway.asked.map(({ body }) => body)).toEqual([sent]);
    const attributes = ['aria-busy', 'aria-disabled', 'data-plan', 'data-state', 'id', 'type'];
    expect(button().getAttributeNames().sort()).toEqual(attributes);
  });

  it.each([{ products: [PRODUCT] }, { slug: 'pro' }])('takes the product by %o too', async (product) => {
    render(<PolarCheckoutButton polar={polar} {...(product as CheckoutProduct)} />);

    fireEvent.click(button());
    await left();

    expect(gateway.asked.map(({ body }) => body)).toEqual([product]);
    expect(button().getAttributeNames()).not.toContain(Object.keys(product)[0]);
  });

  it('is busy until the browser has left, and keeps the focus', async () => {
    render(
      <PolarCheckoutButton polar={polar} productId={PRODUCT} pendingChildren="One moment">
        Buy
      </PolarCheckoutButton>,
    );

    button().focus();
    fireEvent.click(button());

    const isBusy = () => {
      expect(button().textContent).toBe('One moment');
      expect(document.activeElement).toBe(button());
      expect(button().getAttribute('aria-disabled')).toBe('true');
      expect(button().getAttribute('aria-busy')).toBe('true');
      expect(button().dataset.state).toBe('pending');
    };
    isBusy();
    await left();
    isBusy();
  });

  it('opens one checkout for a double click', async () => {
    render(<PolarCheckoutButton polar={polar} productId={PRODUCT} />);
    const target = button();

    // Both clicks come before React has rendered the first one.
    act(() => {
      target.click();
      target.click();
    });
    await left();

    expect(gateway.asked).toHaveLength(1);
  });

  it('is alive again when the back button brings the page back', async () => {
    render(<PolarCheckoutButton polar={polar} productId={PRODUCT} />);
    fireEvent.click(button());
    await left();

    fireEvent(window, Object.assign(new Event('pageshow'), { persisted: true }));

    expect(button().getAttribute('aria-disabled')).toBeNull();
    expect(button().dataset.state).toBe('idle');
    fireEvent.click(button());
    await waitFor(() => expect(assign).toHaveBeenCalledTimes(2));
  });

  it('calls your onClick first, and stops at preventDefault', async () => {
    const order: string[] = [];
    const { rerender } = render(
      <PolarCheckoutButton
        polar={polar}
        productId={PRODUCT}
        onClick={(event) => {
          order.push('mine');
          event.preventDefault();
        }}
      />,
    );

    fireEvent.click(button());
    expect(button().dataset.state).toBe('idle');
    assign.mockImplementation(() => void order.push('left'));
    rerender(<PolarCheckoutButton polar={polar} productId={PRODUCT} onClick={() => order.push('mine')} />);
    fireEvent.click(button());
    await left();

    expect(order).toEqual(['mine', 'mine', 'left']);
    expect(gateway.asked).toHaveLength(1);
  });

  it('tells onError, shows the error state, and works again', async () => {
    gateway.answer(refusal(403, 'ORGANIZATION_ACCESS_DENIED'), CHECKOUT);
    const errors: PolarError[] = [];
    render(<PolarCheckoutButton polar={polar} productId={PRODUCT} onError={(error) => errors.push(error)} />);

    fireEvent.click(button());
    await waitFor(() => expect(button().dataset.state).toBe('error'));
    expect(errors).toMatchObject([{ code: 'ORGANIZATION_ACCESS_DENIED', status: 403 }]);
    expect(button().getAttribute('aria-disabled')).toBeNull();
    expect(button().textContent).toBe('Subscribe');
    fireEvent.click(button());
    await left();

    expect(logged).toEqual([]);
  });

  it('says the error on the console, once, and what to do on the button, when nobody listens', async () => {
    render(<PolarCheckoutButton polar={polar} productId="not-a-uuid" />);

    fireEvent.click(button());
    await waitFor(() => expect(button().dataset.state).toBe('error'));

    expect(logged).toMatchObject([{ code: 'VALIDATION_FAILED', message: expect.stringContaining('productId') }]);
    expect(button().title).toBe(ENGLISH.errors.other);
    expect(gateway.asked).toHaveLength(0);
  });

  it.each([undefined, () => {}])('has the error read out, whether or not somebody is told (%o)', async (onError) => {
    gateway.answer(refusal(403, 'ORGANIZATION_ACCESS_DENIED'));
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    render(<PolarCheckoutButton polar={polar} productId={PRODUCT} onError={onError} />);

    fireEvent.click(button());
    const alert = await eventually(() => screen.getByRole('alert'));
    expect(alert.textContent).toBe(ENGLISH.errors.other);
    expect(alert.parentElement).toBe(document.body);
    vi.runAllTimers();

    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('says an error in the language of the page', async () => {
    gateway.answer(refusal(403, 'ROLE_NOT_ALLOWED'));
    const words = { ...ENGLISH, errors: { ...ENGLISH.errors, ROLE_NOT_ALLOWED: 'Das darf nur eine Verwalterin.' } };
    render(
      <PolarProvider polar={polar} localization={words}>
        <PolarCheckoutButton productId={PRODUCT} />
      </PolarProvider>,
    );

    fireEvent.click(button());

    expect((await screen.findByRole('alert')).textContent).toBe('Das darf nur eine Verwalterin.');
    expect(button().title).toBe('Das darf nur eine Verwalterin.');
    expect(button().textContent).toBe('Subscribe');
    expect(logged).toMatchObject([{ code: 'ROLE_NOT_ALLOWED', message: 'ROLE_NOT_ALLOWED: what, why, what to do' }]);
  });

  it.each<[string, RedirectButtonProps['errorChildren'], string]>([
    ['text', 'Not now', 'Not now'],
    ['a function of the error', ({ code }) => `Not now: ${code}`, 'Not now: CONFLICT'],
  ])('says errorChildren, as %s, from a failed try to the next one', async (_, errorChildren, said) => {
    gateway.answer(refusal(409, 'CONFLICT'), CHECKOUT);
    render(<PolarCheckoutButton polar={polar} productId={PRODUCT} errorChildren={errorChildren} />);
    expect(button().textContent).toBe('Subscribe');

    fireEvent.click(button());
    await waitFor(() => expect(button().textContent).toBe(said));
    expect((await screen.findByRole('alert')).textContent).toBe(said);
    expect(button().hasAttribute('title')).toBe(false);
    fireEvent.click(button());
    expect(button().textContent).toBe('Loading...');

    await left();
  });

  it('says errorChildren beside onError, and in no place of a child', async () => {
    gateway.answer(refusal(409, 'CONFLICT'));
    const onError = vi.fn();
    render(
      <>
        <PolarCheckoutButton polar={polar} productId={PRODUCT} errorChildren={<b>Not now</b>} onError={onError} />
        <PolarCheckoutButton polar={polar} productId={PRODUCT} errorChildren="Not now" asChild>
          <a href="/buy">Buy</a>
        </PolarCheckoutButton>
      </>,
    );

    fireEvent.click(button());
    await waitFor(() => expect(button().innerHTML).toBe('<b>Not now</b>'));
    expect(screen.getByRole('alert').textContent).toBe(ENGLISH.errors.other);
    expect(onError).toHaveBeenCalledOnce();
    const link = screen.getByRole('link');
    fireEvent.click(link);
    await waitFor(() => expect(link.title).toBe(ENGLISH.errors.other));

    expect(link.textContent).toBe('Buy');
    expect(logged).toHaveLength(1);
  });

  it('renders a child in its place, which keeps its own ref, handlers and looks', async () => {
    const [ref, own] = [createRef<HTMLButtonElement>(), createRef<HTMLAnchorElement>()];
    const mine = vi.fn();
    render(
      <PolarCheckoutButton ref={ref} polar={polar} productId={PRODUCT} className="primary" asChild>
        <a ref={own} href="https://app.example/pricing" className="link" onClick={mine} onFocus={mine}>
          Buy
        </a>
      </PolarCheckoutButton>,
    );
    const link = screen.getByRole('link');
    expect(link.className).toBe('primary link');
    expect(own.current).toBe(link);
    expect(ref.current).toBe(link);

    fireEvent.focus(link);
    const led = fireEvent.click(link);
    expect(link.getAttribute('aria-busy')).toBe('true');
    expect(link.textContent).toBe('Buy');
    await left();

    expect(led).toBe(false);
    expect(mine).toHaveBeenCalledTimes(2);
    expect(gateway.asked).toHaveLength(1);
  });

  it('leaves it to a child that prevents it', () => {
    render(
      <PolarCheckoutButton polar={polar} productId={PRODUCT} asChild>
        <button type="button" onClick={(event) => event.preventDefault()}>
          Buy
        </button>
      </PolarCheckoutButton>,
    );

    fireEvent.click(button());

    expect(button().dataset.state).toBe('idle');
  });

  it('speaks the language of the page', async () => {
    const words = {
      ...ENGLISH,
      pricing: { ...ENGLISH.pricing, subscribe: 'Abonnieren' },
      checkout: { ...ENGLISH.checkout, opening: 'Einen Moment' },
      portal: { ...ENGLISH.portal, manage: 'Verwalten' },
    };
    render(
      <PolarProvider polar={polar} localization={words}>
        <PolarCheckoutButton productId={PRODUCT} />
        <PolarCustomerPortal />
      </PolarProvider>,
    );
    expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual(['Abonnieren', 'Verwalten']);

    fireEvent.click(screen.getByRole('button', { name: 'Abonnieren' }));

    expect(screen.getByRole('button', { name: 'Einen Moment' })).toBeDefined();
    await left();
  });

  it('passes everything else to the button, and its ref', () => {
    const ref = createRef<HTMLButtonElement>();
    render(
      <PolarCheckoutButton
        ref={ref}
        polar={polar}
        slug="pro"
        id="buy"
        className="primary"
        style={{ color: 'red' }}
        aria-label="Buy Pro"
        data-plan="pro"
        disabled
      />,
    );

    expect(ref.current).toBe(button());
    expect(button().outerHTML).toBe(
      '<button type="button" id="buy" class="primary" style="color: red;" aria-label="Buy Pro" data-plan="pro" data-state="idle" disabled="">Subscribe</button>',
    );
  });

  it('fetches the core when it is pointed at or focused, and keeps your own handlers', () => {
    const preload = vi.spyOn(polar, 'preload');
    const mine = vi.fn();
    render(<PolarCheckoutButton polar={polar} productId={PRODUCT} onPointerEnter={mine} onFocus={mine} />);
    expect(preload).not.toHaveBeenCalled();

    fireEvent.pointerEnter(button());
    expect(preload).toHaveBeenCalledTimes(1);
    fireEvent.focus(button());
    expect(preload).toHaveBeenCalledTimes(2);

    expect(mine).toHaveBeenCalledTimes(2);
  });

  it('stays where it is when the server answers an address that is a script', async () => {
    gateway.answer({ ...CHECKOUT, body: { ...CHECKOUT.body, checkout_url: 'javascript:alert(1)' } });
    const errors: PolarError[] = [];
    render(<PolarCheckoutButton polar={polar} productId={PRODUCT} onError={(error) => errors.push(error)} />);

    fireEvent.click(button());
    await waitFor(() => expect(errors).toMatchObject([{ code: 'UPSTREAM_ANSWER_INVALID' }]));

    expect(assign).not.toHaveBeenCalled();
  });
});

describe('PolarCustomerPortal', () => {
  it('opens the portal on click and takes the browser there', async () => {
    gateway.answer(PORTAL);
    render(
      <PolarCustomerPortal
        polar={polar}
        organizationId={ORGANIZATION}
        returnUrl="https://app.example/"
        className="link"
      />,
    );
    expect(button().textContent).toBe('Manage Subscription');
    expect(button().className).toBe('link');

    fireEvent.click(button());
    await left();

    expect(assign).toHaveBeenCalledExactlyOnceWith(PORTAL.body.portal_url);
    expect(gateway.asked).toMatchObject([
      { method: 'GET', query: { organization_id: ORGANIZATION, return_url: 'https://app.example/' } },
    ]);
  });

  it('tells onError of someone who is no customer', async () => {
    gateway.answer(refusal(404, 'CUSTOMER_NOT_FOUND'));
    const errors: PolarError[] = [];
    render(<PolarCustomerPortal polar={polar} onError={(error) => errors.push(error)} />);

    fireEvent.click(button());

    await waitFor(() => expect(errors).toMatchObject([{ code: 'CUSTOMER_NOT_FOUND' }]));
  });
});

describe('where the client comes from', () => {
  const plinto = () => ({ getAccessToken: async () => 'from-plinto', getConfig: () => ({ baseURL: gateway.url }) });

  it('a provider installs the plugin on the Plinto client, also in StrictMode', async () => {
    const client = plinto();
    render(
      <StrictMode>
        <PolarProvider client={client} plugin={createPolarPlugin({ organizationId: ORGANIZATION })}>
          <PolarCheckoutButton productId={PRODUCT} />
        </PolarProvider>
      </StrictMode>,
    );

    fireEvent.click(button());
    await left();

    expect(gateway.asked).toMatchObject([{ body: { organization_id: ORGANIZATION } }]);
    expect(gateway.asked[0]?.headers.authorization).toBe('Bearer from-plinto');
  });

  it('a Plinto client may be passed without a provider', async () => {
    const client = plinto();
    createPolarPlugin().install(client);
    render(<PolarCheckoutButton client={client} productId={PRODUCT} />);

    fireEvent.click(button());
    await left();

    expect(gateway.asked).toHaveLength(1);
  });

  it('a prop wins over the provider', async () => {
    const other = createPolarClient({ baseUrl: 'http://127.0.0.1:9', getAccessToken: () => null });
    render(
      <PolarProvider polar={other}>
        <PolarCheckoutButton polar={polar} productId={PRODUCT} />
      </PolarProvider>,
    );

    fireEvent.click(button());
    await left();

    expect(gateway.asked).toHaveLength(1);
  });

  it("a client without baseUrl asks the page's own origin", async () => {
    vi.stubGlobal('location', { href: `${gateway.url}/pricing?plan=pro`, assign });
    render(<PolarCheckoutButton polar={createPolarClient({ getAccessToken: () => null })} productId={PRODUCT} />);

    fireEvent.click(button());
    await left();

    expect(gateway.asked).toMatchObject([{ path: '/api/v1/polar/checkout' }]);
  });

  it('without any, the error says what to put where', () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});

    expect(() => render(<PolarCheckoutButton productId={PRODUCT} />)).toThrow(/<PolarProvider/);
  });
});
