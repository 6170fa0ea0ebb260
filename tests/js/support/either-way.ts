// What holds with the core and without it: a client in a page that refuses WebAssembly is used in the same way.
import type { PolarClient } from '@plinto/polar';
import { expect, it } from 'vitest';
import { CHECKOUT, type Gateway, ORGANIZATION, PRODUCT } from './gateway.ts';

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
