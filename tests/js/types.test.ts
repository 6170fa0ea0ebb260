// The types that people import and those that are generated from the core cannot drift apart. What is compared here are
// types: a difference fails the type check of the tests (`npx tsc -p tsconfig.tests.json`), which is one of the gates.
import { readFileSync } from 'node:fs';
import type {
  CheckoutDetails,
  CheckoutProduct,
  CustomerSubscription,
  PolarCheckoutOptions,
  PolarUsageEvent,
  PolarUsageOptions,
  SubscriptionStatus,
} from '@plinto/polar';
import { createPolarPlugin, PolarPlugin, type PolarPluginConfig, type WithPolar } from '@plinto/polar';
import type { PolarCheckoutButtonProps, PolarCustomerPortalProps } from '@plinto/polar/react';
import type {
  PolarWebhookEvent,
  WebhookDataByType,
  WebhookEventType,
  WebhookOrder,
  WebhookPrice,
} from '@plinto/polar/webhooks';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { CheckoutFields } from '../../js/generated/types.ts';
import { PlintoClient as Client } from './support/people.ts';

// As docs/integrations/POLAR.md has it, for the module of your own Plinto client.
declare module './support/people.ts' {
  interface PlintoClient {
    polar?: import('@plinto/polar').PolarPlugin;
  }
}

type Naming = 'productId' | 'products' | 'slug';
/** What one way to name a product takes. */
type NamedBy<Key extends Naming> = Extract<CheckoutProduct, Record<Key, NonNullable<unknown>>>[Key];

describe('the types of the API', () => {
  it('name a product by exactly the fields of the generated request, with their types', () => {
    expectTypeOf<keyof CheckoutProduct>().toEqualTypeOf<Naming>();
    expectTypeOf<NamedBy<'productId'>>().toEqualTypeOf<NonNullable<CheckoutFields['productId']>>();
    expectTypeOf<NamedBy<'products'>>().toEqualTypeOf<NonNullable<CheckoutFields['products']>>();
    expectTypeOf<NamedBy<'slug'>>().toEqualTypeOf<NonNullable<CheckoutFields['slug']>>();
  });

  it('leave no field of the generated request out, and add none', () => {
    expectTypeOf<keyof CheckoutDetails | Naming>().toEqualTypeOf<keyof CheckoutFields>();
    expectTypeOf<PolarCheckoutOptions>().toExtend<CheckoutFields>();
    expectTypeOf<CheckoutDetails>().toEqualTypeOf<Omit<CheckoutFields, Naming>>();
    expectTypeOf<keyof PolarUsageEvent | 'organizationId'>().toEqualTypeOf<keyof PolarUsageOptions>();
    expectTypeOf<SubscriptionStatus>().toEqualTypeOf<CustomerSubscription['status']>();
  });

  it('say that a Plinto client has billing only where it was installed', () => {
    expectTypeOf<Client['polar']>().toEqualTypeOf<PolarPlugin | undefined>();
    expectTypeOf<WithPolar<Client>['polar']>().toEqualTypeOf<PolarPlugin>();
    const client = new Client('https://plinto.example');

    expectTypeOf(createPolarPlugin().install(client)).toEqualTypeOf<PolarPlugin>();
    expect(client.polar).toBeInstanceOf(PolarPlugin);
  });

  it('take and give what the design said that this began with', () => {
    interface Seed {
      createCheckout(options: {
        productId: string;
        organizationId?: string;
        successUrl?: string;
        metadata?: Record<string, string | number | boolean>;
      }): Promise<{ checkoutId: string; checkoutUrl: string; expiresAt?: string }>;
      redirectToCheckout(options: { productId: string; organizationId?: string; successUrl?: string }): Promise<void>;
      getCustomerPortalUrl(organizationId?: string): Promise<string>;
      redirectToCustomerPortal(organizationId?: string): Promise<void>;
      getCustomerData(
        organizationId?: string,
      ): Promise<{ subscriptions: unknown[]; benefits: unknown[]; orders: unknown[] }>;
      ingestUsageEvent(
        organizationId: string,
        options: { eventName: string; quantity?: number; properties?: Record<string, string | number | boolean> },
      ): Promise<unknown>;
    }
    interface SeedConfig {
      organizationId?: string;
      createCustomerOnSignUp?: boolean;
      defaultSuccessUrl?: string;
    }

    expectTypeOf<PolarPlugin>().toExtend<Seed>();
    expectTypeOf<SeedConfig>().toExtend<PolarPluginConfig>();
    expectTypeOf<{
      organizationId: string;
      productId: string;
      successUrl?: string;
    }>().toExtend<PolarCheckoutButtonProps>();
    expectTypeOf<{ organizationId: string }>().toExtend<PolarCustomerPortalProps>();
  });

  it('that are generated are all exported, not written again', () => {
    const source = (name: string) => readFileSync(new URL(`../../js/${name}`, import.meta.url), 'utf8');
    const generated = [...source('generated/types.ts').matchAll(/^export (?:interface|type) (\w+)/gm)].map(
      ([, name]) => name,
    );
    const written = ['types.ts', 'errors.ts'].map(source).join('\n');
    const exported = [...written.matchAll(/export type \{([^}]*)\}/g)].flatMap(([, names = '']) =>
      names.split(/[\s,]+/),
    );
    // The request is split into the ways to name a product and the rest; a checkout is named by its id, and callers get
    // a portal's URL alone.
    const internal = ['CheckoutFields', 'CheckoutStateOptions', 'CustomerPortalSession'];
    // Of routes that no method of the client asks.
    const ofBackEnds = [
      'AccessQuery',
      'AccessAnswer',
      'AccessExplanation',
      'AccessFact',
      'EntitlementToken',
      'ProviderOptions',
      'ProviderChoice',
      'ErasureOptions',
      'ErasureReceipt',
      'BatchedUsageOptions',
      'UsageBatchOptions',
      'UsageBatchQuery',
      'UsageBatchReceipt',
      'UsageEventFate',
      'UsageEventQuery',
      'UsageRefusal',
      'UsageRefusalDetails',
      'UsageResult',
      'ReserveOptions',
      'UsageLease',
      'CommitOptions',
      'CommittedLease',
      'ReleasedLease',
      'UsageLimitOptions',
      'UsageLimitName',
      'UsageLimit',
      'UsageLimits',
      'RemovedLimit',
      'AccessGrantOptions',
      'AccessGrantListOptions',
      'AccessGrant',
      'AccessGrants',
    ];

    expect(generated.length).toBeGreaterThan(10);
    expect(generated.filter((name = '') => !exported.includes(name)).sort()).toEqual(
      [...internal, ...ofBackEnds].sort(),
    );
    for (const name of generated) expect(written).not.toMatch(new RegExp(`^export (?:interface|type) ${name}\\b`, 'm'));
  });
});

describe('the types of webhooks', () => {
  it('give an event the data of its type', () => {
    expectTypeOf<Extract<PolarWebhookEvent, { type: 'order.paid' }>['data']>().toEqualTypeOf<WebhookOrder>();
    expectTypeOf<WebhookEventType>().toEqualTypeOf<keyof WebhookDataByType>();
    expectTypeOf<WebhookOrder['total_amount']>().toEqualTypeOf<number>();
    expectTypeOf<WebhookOrder['product_id']>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<WebhookOrder['sent_by_a_later_version']>().toEqualTypeOf<unknown>();
  });

  it('tell the kinds of a price apart by `amount_type`', () => {
    const minorUnits = (price: WebhookPrice): number | string | undefined => {
      if (price.amount_type === 'fixed') return price.price_amount;
      return price.amount_type === 'metered_unit' ? price.unit_amount : undefined;
    };

    expect(minorUnits({ id: 'p', amount_type: 'fixed', price_currency: 'usd', price_amount: 2000 })).toBe(2000);
  });
});
