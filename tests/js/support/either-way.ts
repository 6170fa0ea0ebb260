// What holds with the core and without it: a client in a page that refuses WebAssembly is used in the same way.
import type { PolarClient } from '@plinto/polar';
import { expect, it } from 'vitest';
import { CHECKOUT, type Gateway, ORGANIZATION, PRODUCT, USAGE } from './gateway.ts';

export function worksEitherWay(gateway: () => Gateway, client: () => PolarClient): void {
  it('posts a checkout with snake_case names and the keys of metadata as they are', async () => {
    gateway().answer(CHECKOUT);

    const checkout = await client().createCheckout({
      productId: PRODUCT,
      organizationId: ORGANIZATION,
      successUrl: 'https://app.example/done?id={CHECKOUT_ID}',
      metadata: { planName: 'Pro', first_time: true, seats: 3 },
      customFieldData: { vatId: 'X1' },
    });

    expect(checkout).toEqual({
      checkoutId: CHECKOUT.body.checkout_id,
      checkoutUrl: CHECKOUT.body.checkout_url,
      expiresAt: CHECKOUT.body.expires_at,
      clientSecret: CHECKOUT.body.client_secret,
    });
    expect(gateway().asked).toMatchObject([{ method: 'POST', path: '/api/v1/polar/checkout' }]);
    expect(gateway().asked[0]?.headers).toMatchObject({
      authorization: 'Bearer token',
      'content-type': 'application/json',
    });
    expect(gateway().asked[0]?.body).toEqual({
      product_id: PRODUCT,
      organization_id: ORGANIZATION,
      success_url: 'https://app.example/done?id={CHECKOUT_ID}',
      metadata: { planName: 'Pro', first_time: true, seats: 3 },
      custom_field_data: { vatId: 'X1' },
    });
  });

  it('gives every call its own idempotency key', async () => {
    gateway().answer(CHECKOUT);

    await client().createCheckout({ productId: PRODUCT });
    await client().createCheckout({ productId: PRODUCT });

    const keys = gateway().asked.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[\x21-\x7e]{16,255}$/);
    expect(keys[1]).not.toBe(keys[0]);
  });

  it('gives every event an id of its own, and leaves one that it has', async () => {
    gateway().answer(USAGE());

    await client().ingestUsageEvent({ eventName: 'api_call' });
    await client().ingestUsageEvent({ eventName: 'api_call' });
    await client().ingestUsageEvent({ eventName: 'api_call', externalId: 'mine' });

    const ids = gateway().asked.map(({ body }) => (body as { external_id?: string }).external_id);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids[1]).not.toBe(ids[0]);
    expect(ids[2]).toBe('mine');
  });

  it('names a connection that broke, with its cause', async () => {
    gateway().answer('cut');

    const failed = client().createCheckout({ productId: PRODUCT });

    await expect(failed).rejects.toMatchObject({
      name: 'PolarError',
      code: 'NETWORK_FAILED',
      family: 'environment',
      cause: expect.anything(),
    });
  });

  it('stops when its signal aborts on the way', async () => {
    gateway().answer('hang');
    const stop = new AbortController();

    const stopped = client().getCustomerData(undefined, { signal: stop.signal });
    await gateway().arrived();
    stop.abort();

    await expect(stopped).rejects.toMatchObject({ code: 'CANCELED' });
  });
}
