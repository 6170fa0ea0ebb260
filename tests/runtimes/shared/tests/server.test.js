// What an application tests of its server: its webhook route, and a whole purchase against the emulator.
import { createPolarEmulator } from '@plinto/polar/testing';
import { createWebhookHandler, signWebhook } from '@plinto/polar/webhooks';

const secret = 'whsec_Zm9yIHRoaXMgbWFjaGluZSBvbmx5LCAzMiBieXRlcyE=';
const body = JSON.stringify({ type: 'order.paid', timestamp: '2026-11-22T06:00:00Z', data: { id: 'one' } });

describe('the webhook route', () => {
  const deliver = async (text) => {
    const handler = createWebhookHandler({ secret, onError: () => {} });
    const headers = { ...(await signWebhook({ body, secret })) };
    return (await handler(new Request('https://shop.test/', { method: 'POST', headers, body: text }))).status;
  };

  it('takes a delivery that is signed', async () => {
    expect(await deliver(body)).toBe(202);
  });

  it('refuses one that was changed', async () => {
    expect(await deliver(body.replace('one', 'two'))).toBe(403);
  });
});

describe('the emulator', () => {
  it('sells, and delivers what was paid', async () => {
    const polar = await createPolarEmulator({ seed: 1, now: '2026-11-22T06:00:00Z' });
    polar.onWebhook(createWebhookHandler({ secret: polar.webhookSecret }));

    const checkout = await polar.api('POST', '/v1/checkouts/', { products: [polar.product('Pro').id] });
    await polar.pay(checkout);

    expect(polar.deliveries('order.paid').map(({ status }) => status)).toEqual([202]);
    polar.close();
  });
});
