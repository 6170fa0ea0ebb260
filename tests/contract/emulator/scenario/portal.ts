// What the customer sees and does in the portal; seats; benefit grants.
import { expect, it } from 'vitest';
import type { Stage } from '../support/stage.ts';
import type { Shop } from './catalog.ts';

export function openPortal(stage: () => Stage, shop: Shop): void {
  it('shows customers their subscriptions, orders, benefits and meters', async () => {
    const portal = await stage().portalOf('uma');

    const { items: subscriptions } = await portal.subscriptions.list();
    const subscription = subscriptions[0];
    expect(await portal.subscriptions.get(subscription?.id ?? '')).toEqual(subscription);
    const { items: orders } = await portal.orders.list();
    expect(await portal.orders.get(orders[0]?.id ?? '')).toMatchObject({ id: orders[0]?.id });
    const { items: grants } = await portal.benefitGrants.list();
    expect(grants.map(({ benefit }) => benefit.type).sort()).toEqual(['feature_flag', 'meter_credit']);
    expect(await portal.benefitGrants.get(grants[0]?.id ?? '')).toEqual(grants[0]);
    const { items: meters } = await portal.customerMeters.list();
    expect(await portal.customerMeters.get(meters[0]?.id ?? '')).toEqual(meters[0]);
  });

  it('shows anybody what the organization sells', async () => {
    const { organization, products } = await stage().polar.customerPortal.organizations.get('emulator');

    expect(organization).toMatchObject({ slug: 'emulator', allow_customer_updates: true });
    expect(products.map(({ name }) => name)).toContain('Monthly');
  });

  it('lets a customer cancel, think again, and cancel for good', async () => {
    const portal = await stage().portalOf('uma');
    const { items } = await portal.subscriptions.list({ active: true });
    const id = items[0]?.id ?? '';

    const canceled = await portal.subscriptions.update(id, {
      cancel_at_period_end: true,
      cancellation_reason: 'unused',
    });
    expect(canceled).toMatchObject({ cancel_at_period_end: true });
    const kept = await portal.subscriptions.update(id, { cancel_at_period_end: false });
    expect(kept).toMatchObject({ cancel_at_period_end: false });
    expect(await portal.subscriptions.cancel(id)).toMatchObject({ status: 'active', cancel_at_period_end: true });
  });

  it('tells the seller who has which benefit', async () => {
    const { polar } = stage();
    const uma = await polar.customers.getExternal('uma');

    const { items } = await polar.benefits.grants(shop.flag, { customer_id: [uma.id], is_granted: true });
    expect(items).toMatchObject([{ benefit_id: shop.flag, customer_id: uma.id, is_granted: true }]);
    const all = await polar.benefitGrants.list({ customer_id: [uma.id], limit: 100 });
    expect(all.items.map(({ id }) => id)).toContain(items[0]?.id);
  });

  it('assigns, claims, resends and revokes seats', async () => {
    const { customerSeats } = stage().polar;
    const { id: subscription_id } = await stage().subscriptionOf('crew');

    const seat = await customerSeats.assignSeat({ subscription_id, email: 'ann@example.com' });
    expect(seat).toMatchObject({ status: 'pending' });
    await customerSeats.resendInvitation(seat.id);
    const listed = await customerSeats.listSeats({ subscription_id });
    expect(listed.seats.map(({ id }) => id)).toContain(seat.id);
    const token = await invitationOf(stage(), seat.id);
    expect(await customerSeats.getClaimInfo(token)).toMatchObject({ can_claim: true });
    const claimed = await customerSeats.claimSeat({ invitation_token: token });
    expect(claimed.seat).toMatchObject({ id: seat.id, status: 'claimed' });
    expect(await customerSeats.revokeSeat(seat.id)).toMatchObject({ status: 'revoked' });
  });
}

// Polar sends the token by mail; the emulator shows it.
async function invitationOf(stage: Stage, seat: string): Promise<string> {
  const { invitation_token } = JSON.parse(await stage.ask('GET', `/_emulator/seats/${seat}/invitation`)) as {
    invitation_token: string;
  };
  return invitation_token;
}
