// What the gateway says of one customer, path by path; a test changes it as it goes.
import {
  type Answer,
  type Asked,
  CHECKOUT,
  DATA,
  type Gateway,
  ORGANIZATION,
  PORTAL,
  PRODUCT,
  subjectOf,
} from './gateway.ts';

export const SUBSCRIPTION = DATA.body.subscriptions[0] as (typeof DATA.body.subscriptions)[0];

export const STATE = {
  access: { allowed: true, reason: 'active', until: '2026-12-22T06:00:00Z' },
  tier: 'pro',
  status: 'active',
  subscription_id: SUBSCRIPTION.id,
  features: [{ feature: 'export', access: { allowed: true, reason: 'active' } }],
  meters: [],
};

/** Nothing bought. */
export const FREE = { access: { allowed: false, reason: 'no_plan' }, features: [], meters: [] };

const PRODUCTS = {
  items: [{ product_id: PRODUCT, slug: 'pro', name: 'Pro', features: [], is_recurring: true, prices: [] }],
};

const page = (items: unknown[]) => ({ items, next_cursor: null });

export class Account {
  /** The bodies by path, without the mount. */
  readonly bodies: Record<string, unknown> = {
    '/customer/state': STATE,
    '/customer/subscriptions': page([SUBSCRIPTION]),
    '/customer/orders': page(DATA.body.orders),
    '/customer/data': DATA.body,
    '/access': { allowed: true, reason: 'active' },
    '/products': PRODUCTS,
    '/usage/summary': {
      from: '2026-11-01',
      to: '2026-12-01',
      items: [],
      pagination: { page: 1, has_next_page: false },
    },
    '/customer/portal': PORTAL.body,
    [`/subscriptions/${SUBSCRIPTION.id}/cancel`]: { ...SUBSCRIPTION, cancel_at_period_end: true },
  };
  /** Where the checkout stands. */
  checkout = 'open';

  constructor(readonly gateway: Gateway) {
    gateway.answer((asked) => this.#answer(asked));
  }

  /** How often a path was asked for. */
  asked(path: string): number {
    return this.gateway.asked.filter((asked) => asked.path.endsWith(path)).length;
  }

  /** The subject of each request for a path. */
  subjects(path: string): string[] {
    return this.gateway.asked.filter((asked) => asked.path.endsWith(path)).map(subjectOf);
  }

  #answer({ path }: Asked): Answer {
    const route = path.replace('/api/v1/polar', '');
    if (route === '/checkout') return CHECKOUT;
    if (route.startsWith('/checkout/')) {
      const { checkout_id, expires_at } = CHECKOUT.body;
      const body = { checkout_id, status: this.checkout, product_id: PRODUCT, expires_at, updated_at: expires_at };
      return { status: 200, body };
    }
    const body = this.bodies[route];
    return body === undefined
      ? { status: 404, body: { error: { code: 'NOT_FOUND', message: route } } }
      : { status: 200, body };
  }
}

export { ORGANIZATION };
