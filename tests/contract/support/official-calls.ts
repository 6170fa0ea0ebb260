// The same requests as requests.cpp, made by Polar's own client: by hand, so that its types judge them too.
import { subscriptionCalls } from './official-subscription-calls.ts';
import { type Calls, external, filter, id, metadata, other, time } from './official-values.ts';

const address = {
  country: 'US',
  line1: '1 Main St',
  line2: 'Floor 2',
  postal_code: '94105',
  city: 'San Francisco',
  state: 'US-CA',
} as const;
const page = { page: 1, limit: 100 };
const newest: ['-created_at'] = ['-created_at'];

const checkoutCalls: Calls = {
  'checkouts:create (minimal)': (polar) => polar.checkouts.create({ products: [id] }),
  'checkouts:create (customer)': (polar) => polar.checkouts.create({ products: [id], customer_id: other }),
  'checkouts:create (units)': (polar) => polar.checkouts.create({ products: [id], units: 3 }),
  'checkouts:create (full)': (polar) =>
    polar.checkouts.create({
      products: [id, other],
      customer_email: 'buyer@example.com',
      success_url: 'https://app.example.com/done?checkout_id=1',
      return_url: 'https://app.example.com/back',
      embed_origin: 'https://app.example.com',
      seats: 5,
      locale: 'de',
      currency: 'eur',
      allow_discount_codes: false,
      allow_trial: true,
      metadata,
      custom_field_data: { size: 'L' },
      external_customer_id: external,
      customer_name: 'Buyer',
      customer_billing_name: 'Buyer Inc.',
      customer_billing_address: address,
      customer_ip_address: '192.0.2.1',
      is_business_customer: true,
      require_billing_address: true,
      amount: Number.MAX_SAFE_INTEGER,
      min_seats: 1,
      max_seats: 10,
      discount_id: id,
      subscription_id: other,
      trial_interval: 'month',
      trial_interval_count: 1,
      customer_metadata: metadata,
    }),
  'checkouts:get (minimal)': (polar) => polar.checkouts.get(id),
  'checkouts:update (full)': (polar) =>
    polar.checkouts.update(id, {
      product_id: other,
      amount: 500,
      seats: 2,
      discount_id: id,
      allow_discount_codes: true,
      allow_trial: false,
      customer_name: 'Buyer',
      customer_email: 'buyer@example.com',
      customer_billing_address: { country: 'DE' },
      locale: 'en',
      currency: 'usd',
      success_url: 'https://app.example.com/done',
      return_url: 'https://app.example.com/back',
      embed_origin: 'https://app.example.com',
      metadata,
      customer_metadata: metadata,
      custom_field_data: { size: 'M' },
    }),
  'checkouts:update (clear)': (polar) => polar.checkouts.update(id, { discount_id: null, return_url: null }),
  'checkouts:update (units)': (polar) => polar.checkouts.update(id, { units: 4 }),
  'checkouts:list (minimal)': (polar) => polar.checkouts.list(),
  'checkouts:list (full)': (polar) =>
    polar.checkouts.list({
      product_id: [id, other],
      customer_id: [id],
      external_customer_id: [external, 'b'],
      status: ['open', 'succeeded'],
      query: 'a&b=c',
      page: 2,
      limit: 50,
      sorting: ['-created_at', 'status'],
    }),
};

const customerUpdate = {
  email: 'new@example.com',
  name: 'New',
  billing_address: address,
  tax_id: 'DE123456789',
  locale: 'en',
  metadata,
};

const customerCalls: Calls = {
  'customers:create (individual)': (polar) =>
    polar.customers.create({ external_id: external, type: 'individual', email: 'buyer@example.com' }),
  'customers:create (team)': (polar) =>
    polar.customers.create({
      external_id: 'org',
      type: 'team',
      email: 'team@example.com',
      name: 'Team',
      owner: { email: 'owner@example.com', name: 'Owner', external_id: 'user' },
      billing_address: address,
      tax_id: 'DE123456789',
      locale: 'de',
      metadata,
    }),
  'customers:get (minimal)': (polar) => polar.customers.get(id),
  'customers:get_external (minimal)': (polar) => polar.customers.getExternal(external),
  'customers:update (full)': (polar) =>
    polar.customers.update(id, { ...customerUpdate, external_id: 'user', type: 'team' }),
  'customers:update (clear)': (polar) => polar.customers.update(id, { name: null }),
  'customers:update_external (full)': (polar) => polar.customers.updateExternal(external, customerUpdate),
  'customers:delete (minimal)': (polar) => polar.customers.delete(id),
  'customers:delete (anonymize)': (polar) => polar.customers.delete(id, { anonymize: true }),
  'customers:delete_external (anonymize)': (polar) => polar.customers.deleteExternal(external, { anonymize: true }),
  'customers:get_state (minimal)': (polar) => polar.customers.getState(id),
  'customers:get_state_external (minimal)': (polar) => polar.customers.getStateExternal(external),
  'customers:list (minimal)': (polar) => polar.customers.list(),
  'customers:list (full)': (polar) =>
    polar.customers.list({
      email: 'a+b@example.com',
      query: 'B\u00fcro',
      active: true,
      page: 3,
      limit: 20,
      sorting: ['-created_at', 'email'],
      metadata: filter,
    }),
  'customers:members:create (full)': (polar) =>
    polar.customers.members.create(id, {
      email: 'm@example.com',
      name: 'M',
      external_id: 'user',
      role: 'billing_manager',
    }),
  'customers:members:get (minimal)': (polar) => polar.customers.members.get(id, other),
  'customers:members:get_external (minimal)': (polar) => polar.customers.members.getExternal(external, 'user/2'),
  'customers:members:update (full)': (polar) =>
    polar.customers.members.update(id, other, { email: 'n@example.com', name: 'N', role: 'owner' }),
  'customers:members:delete (minimal)': (polar) => polar.customers.members.delete(id, other),
  'customer-sessions:create (customer)': (polar) =>
    polar.customerSessions.create({ customer_id: id, member_id: other, return_url: 'https://app.example.com/back' }),
  'customer-sessions:create (external customer)': (polar) =>
    polar.customerSessions.create({ external_customer_id: external, external_member_id: 'user' }),
  'events:ingest (full)': (polar) =>
    polar.events.ingest({
      events: [
        {
          name: 'api_call',
          external_customer_id: external,
          external_id: 'event-1',
          timestamp: time,
          metadata,
          external_member_id: 'user',
          parent_id: 'event-0',
        },
        {
          name: 'api_call',
          external_id: 'event-2',
          timestamp: time,
          metadata: { quantity: 1 },
          customer_id: id,
          member_id: other,
        },
      ],
    }),
};

const catalogCalls: Calls = {
  'products:list (minimal)': (polar) => polar.products.list(),
  'products:list (full)': (polar) =>
    polar.products.list({
      id: [id, other],
      query: 'Pro',
      is_archived: false,
      is_recurring: true,
      benefit_id: [id],
      visibility: ['public', 'private'],
      ...page,
      sorting: ['name'],
      metadata: filter,
    }),
  'products:get (minimal)': (polar) => polar.products.get(id),
  'benefits:list (full)': (polar) =>
    polar.benefits.list({
      type: ['feature_flag', 'meter_credit'],
      id: [id, other],
      exclude_id: [other],
      query: 'flag',
      ...page,
      sorting: newest,
      metadata: filter,
    }),
  'benefits:get (minimal)': (polar) => polar.benefits.get(id),
  'benefits:grants (full)': (polar) =>
    polar.benefits.grants(id, { customer_id: [id], member_id: [other], is_granted: false, ...page }),
  'benefit-grants:list (full)': (polar) =>
    polar.benefitGrants.list({
      customer_id: [id],
      external_customer_id: [external],
      is_granted: true,
      ...page,
      sorting: newest,
    }),
  'discounts:list (full)': (polar) => polar.discounts.list({ query: 'summer', ...page, sorting: newest }),
  'discounts:get (minimal)': (polar) => polar.discounts.get(id),
};

const orderCalls: Calls = {
  'orders:list (minimal)': (polar) => polar.orders.list(),
  'orders:list (full)': (polar) =>
    polar.orders.list({
      product_id: [id],
      product_billing_type: ['recurring', 'one_time'],
      discount_id: [id],
      customer_id: [id],
      external_customer_id: [external],
      checkout_id: [id],
      subscription_id: [id, other],
      status: ['paid', 'partially_refunded'],
      created_after: time,
      created_before: time,
      page: 2,
      limit: 100,
      sorting: newest,
      metadata: filter,
    }),
  'orders:get (minimal)': (polar) => polar.orders.get(id),
  'orders:update (full)': (polar) => polar.orders.update(id, { billing_name: 'Buyer Inc.', billing_address: address }),
  'orders:generate_invoice (minimal)': (polar) => polar.orders.generateInvoice(id),
  'orders:invoice (minimal)': (polar) => polar.orders.invoice(id),
  'refunds:list (full)': (polar) =>
    polar.refunds.list({
      id: [id],
      order_id: [id, other],
      subscription_id: [id],
      customer_id: [id],
      external_customer_id: [external],
      succeeded: true,
      ...page,
      sorting: newest,
    }),
};

const meterAndSeatCalls: Calls = {
  'meters:list (full)': (polar) =>
    polar.meters.list({ query: 'tokens', is_archived: false, ...page, sorting: ['name'], metadata: filter }),
  'meters:get (minimal)': (polar) => polar.meters.get(id),
  'customer_meters:list (full)': (polar) =>
    polar.customerMeters.list({
      customer_id: [id],
      external_customer_id: [external],
      meter_id: [id, other],
      ...page,
      sorting: ['-modified_at'],
    }),
  'customer_meters:get (minimal)': (polar) => polar.customerMeters.get(id),
  'customer-seats:assign_seat (subscription)': (polar) =>
    polar.customerSeats.assignSeat({
      subscription_id: id,
      email: 'seat@example.com',
      metadata,
      immediate_claim: true,
    }),
  'customer-seats:assign_seat (order)': (polar) =>
    polar.customerSeats.assignSeat({ order_id: id, external_customer_id: external, external_member_id: 'user' }),
  'customer-seats:list_seats (subscription)': (polar) => polar.customerSeats.listSeats({ subscription_id: id }),
  'customer-seats:list_seats (order)': (polar) => polar.customerSeats.listSeats({ order_id: id }),
  'customer-seats:revoke_seat (minimal)': (polar) => polar.customerSeats.revokeSeat(id),
  'customer-seats:resend_invitation (minimal)': (polar) => polar.customerSeats.resendInvitation(id),
  'webhooks:list_webhook_endpoints (full)': (polar) => polar.webhooks.listWebhookEndpoints(page),
  'webhooks:list_webhook_deliveries (full)': (polar) =>
    polar.webhooks.listWebhookDeliveries({
      endpoint_id: [id, other],
      start_timestamp: time,
      end_timestamp: time,
      succeeded: false,
      ...page,
    }),
};

export const officialCalls: Calls = {
  ...checkoutCalls,
  ...customerCalls,
  ...catalogCalls,
  ...subscriptionCalls,
  ...orderCalls,
  ...meterAndSeatCalls,
};
