// What Polar's own client 1.0.1 has of the version 2026-04 and the document of 2026-04 lacks: two kinds of price, the
// members that came with them, and a type of webhook event. The shapes are those of the client's types.
import type { Schema, Schemas } from '../../support/document.ts';

const text: Schema = { type: 'string' };
const count: Schema = { anyOf: [{ type: 'integer' }, { type: 'null' }] };
const time: Schema = { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] };

const object = (properties: Record<string, Schema>): Schema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
});

const tiers = object({
  type: { enum: ['volume', 'graduated'] },
  tiers: {
    type: 'array',
    minItems: 1,
    items: object({ bound: count, unit_amount: { type: 'string', pattern: '^\\d+(\\.\\d+)?$' } }),
  },
});

const nouns: Schema = { type: 'object', additionalProperties: { type: 'object', additionalProperties: text } };

/** Schemas that show a number of units beside their seats. */
const countedByUnits = [
  'Checkout',
  'CheckoutPublic',
  'CheckoutPublicConfirmed',
  'CustomerOrder',
  'CustomerOrderSubscription',
  'CustomerStateSubscription',
  'CustomerSubscription',
  'Order',
  'OrderSubscription',
  'PendingSubscriptionUpdate',
  'Subscription',
];

export function addNewerShapes(schemas: Schemas): void {
  const named = (name: string): Schema => {
    const schema = schemas[name];
    if (schema === undefined) throw new Error(`the document has no schema ${name}`);
    return schema;
  };
  const require = (name: string, members: Record<string, Schema>) => {
    const schema = named(name);
    schema.properties = { ...schema.properties, ...members };
    schema.required = [...(schema.required ?? []), ...Object.keys(members)];
  };
  const metered = named('ProductPriceMeteredUnit').properties ?? {};
  const { amount_type: _kind, unit_amount: _rate, cap_amount, meter_id, meter, ...common } = metered;
  if (cap_amount === undefined || meter_id === undefined || meter === undefined) {
    throw new Error('the document has no ProductPriceMeteredUnit as it was');
  }
  schemas.ProductPriceUnitBased = object({
    ...common,
    amount_type: { const: 'unit_based' },
    tiers,
    minimum_units: count,
    maximum_units: count,
    unit_label: { anyOf: [nouns, { type: 'null' }] },
  });
  schemas.ProductPriceMeteredTiers = object({
    ...common,
    amount_type: { const: 'metered_tiers' },
    tiers,
    cap_amount,
    meter_id,
    meter,
  });
  const newer = ['ProductPriceUnitBased', 'ProductPriceMeteredTiers'].map((name) => ({
    $ref: `#/components/schemas/${name}`,
  }));
  const prices = named('ProductPrice');
  prices.anyOf = [...(prices.anyOf ?? []), ...newer];
  const types = named('WebhookEventType');
  types.enum = [...(types.enum ?? []), 'subscription.migrated'];
  for (const name of countedByUnits) require(name, { units: count });
  for (const name of ['Checkout', 'CheckoutPublic', 'CheckoutPublicConfirmed']) {
    require(name, { min_units: count, max_units: count });
  }
  require('OrderItemSchema', { start_timestamp: time, end_timestamp: time });
}
