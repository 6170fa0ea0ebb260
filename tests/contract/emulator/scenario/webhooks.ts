// Webhook endpoints, what was delivered to them, and delivering it again.
import { expect, it } from 'vitest';
import type { Stage } from '../support/stage.ts';

export function manageWebhooks(stage: () => Stage): void {
  it('keeps endpoints', async () => {
    const { webhooks } = stage().polar;
    const endpoint = await webhooks.createWebhookEndpoint({
      url: 'https://app.example.com/second',
      format: 'raw',
      events: ['order.paid'],
    });

    expect(await webhooks.getWebhookEndpoint(endpoint.id)).toEqual(endpoint);
    const changed = await webhooks.updateWebhookEndpoint(endpoint.id, { events: ['order.paid', 'order.refunded'] });
    expect(changed.events).toEqual(['order.paid', 'order.refunded']);
    const reset = await webhooks.resetWebhookEndpointSecret(endpoint.id);
    expect(reset.secret).not.toBe(endpoint.secret);
    const { items } = await webhooks.listWebhookEndpoints();
    expect(items.map(({ id }) => id)).toContain(endpoint.id);
    await webhooks.deleteWebhookEndpoint(endpoint.id);
    await expect(webhooks.getWebhookEndpoint(endpoint.id)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('lists deliveries, and makes them again', async () => {
    const { webhooks } = stage().polar;
    const { items, pagination } = await webhooks.listWebhookDeliveries({ limit: 100 });

    expect(pagination.total_count).toBeGreaterThan(100);
    expect(items[0]).toMatchObject({ succeeded: true });
    await webhooks.redeliverWebhookEvent(items[0]?.webhook_event.id ?? '');
  });
}
