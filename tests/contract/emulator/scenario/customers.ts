// Customers, individual and team, with their members; sessions of both.
import { expect, it } from 'vitest';
import type { Stage } from '../support/stage.ts';

export function keepCustomers(stage: () => Stage): void {
  it('keeps individual customers', async () => {
    const { customers } = stage().polar;
    const ada = await customers.create({
      email: 'ada@example.com',
      name: 'Ada',
      external_id: 'ada',
      metadata: { plan: 'a' },
    });

    expect(await customers.get(ada.id)).toEqual(ada);
    expect(await customers.getExternal('ada')).toEqual(ada);
    expect(await customers.update(ada.id, { name: 'Ada L.' })).toMatchObject({ name: 'Ada L.' });
    const moved = await customers.updateExternal('ada', { billing_address: { country: 'DE', city: 'Berlin' } });
    expect(moved.billing_address).toMatchObject({ country: 'DE', city: 'Berlin' });
    const { items } = await customers.list({ email: 'ada@example.com' });
    expect(items.map(({ id }) => id)).toEqual([ada.id]);
    const state = await customers.getState(ada.id);
    expect(state).toMatchObject({ id: ada.id, active_subscriptions: [], granted_benefits: [], active_meters: [] });
    expect(await customers.getStateExternal('ada')).toEqual(state);
    await expect(customers.create({ email: 'ADA@example.com' })).rejects.toMatchObject({ statusCode: 422 });
  });

  it('keeps teams and their members', async () => {
    const { polar } = stage();
    const team = await polar.customers.create({
      type: 'team',
      name: 'Acme',
      external_id: 'acme',
      owner: { email: 'owner@acme.example', name: 'Olga', external_id: 'olga' },
    });
    const { members } = polar.customers;
    const bob = await members.create(team.id, { email: 'bob@acme.example', name: 'Bob', role: 'billing_manager' });

    expect(await members.get(team.id, bob.id)).toEqual(bob);
    expect(await members.update(team.id, bob.id, { role: 'member' })).toMatchObject({ role: 'member' });
    // Polar's client has no call for this list.
    const listed = JSON.parse(await stage().ask('GET', `/v1/members/?customer_id=${team.id}`)) as {
      items: { name: string }[];
    };
    expect(listed.items.map(({ name }) => name).sort()).toEqual(['Bob', 'Olga']);
    await members.delete(team.id, bob.id);
    await expect(members.get(team.id, bob.id)).rejects.toMatchObject({ statusCode: 404 });
  });

  it('opens sessions', async () => {
    const session = await stage().polar.customerSessions.create({
      external_customer_id: 'ada',
      return_url: 'https://app.example.com/account',
    });
    expect(session.customer_portal_url).toContain(session.token);
    expect(session.customer.external_id).toBe('ada');

    const me = await stage().as(session.token).customerPortal.customers.get();
    expect(me).toMatchObject({ id: session.customer_id, email: 'ada@example.com' });
  });

  it('forgets customers', async () => {
    const { customers } = stage().polar;
    const eve = await customers.create({ email: 'eve@example.com', external_id: 'eve' });
    const mal = await customers.create({ email: 'mal@example.com', external_id: 'mal' });

    await customers.delete(eve.id);
    await customers.deleteExternal('mal');

    await expect(customers.get(eve.id)).rejects.toMatchObject({ statusCode: 404 });
    await expect(customers.get(mal.id)).rejects.toMatchObject({ statusCode: 404 });
  });
}
