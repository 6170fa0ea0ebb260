// What an access token may do, found out by asking: Polar has no route that says it. Nothing is changed by it: what writes
// is sent without what it needs, or about what there is not.
import { randomUUID } from 'node:crypto';
import type { PolarApi } from './api.js';

interface Permission {
  readonly scope: string;
  /** What the server does with it. */
  readonly use: string;
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

const nobody = randomUUID();
const reads = (scope: string, path: string, use: string): Permission => ({ scope, use, method: 'GET', path });
const writes = (scope: string, path: string, use: string, body: object = {}, method = 'POST'): Permission => ({
  ...{ scope, use, method, path, body },
});

/** What `plinto-polar serve` and `init` do at Polar. */
const PERMISSIONS: readonly Permission[] = [
  reads('products:read', '/v1/products/?limit=1', 'price lists, and PRODUCTS'),
  writes('checkouts:write', '/v1/checkouts/', 'checkouts'),
  reads('customers:read', '/v1/customers/?limit=1', 'who has bought'),
  writes('customers:write', '/v1/customers/', 'customers at the sign-up'),
  writes('customer_sessions:write', '/v1/customer-sessions/', 'the customer portal'),
  reads('subscriptions:read', '/v1/subscriptions/?limit=1', 'plans'),
  writes('subscriptions:write', `/v1/subscriptions/${nobody}`, 'changes and cancellations', {}, 'PATCH'),
  reads('orders:read', '/v1/orders/?limit=1', 'orders and invoices'),
  reads('refunds:read', '/v1/refunds/?limit=1', 'refunds'),
  reads('benefits:read', '/v1/benefit-grants/?limit=1', 'benefits'),
  reads('meters:read', '/v1/meters/?limit=1', 'meters'),
  reads('customer_meters:read', '/v1/customer-meters/?limit=1', 'balances'),
  writes('events:write', '/v1/events/ingest', 'usage'),
  reads('customer_seats:read', `/v1/customer-seats?subscription_id=${nobody}`, 'seats'),
  writes('customer_seats:write', '/v1/customer-seats', 'giving seats'),
  writes('members:write', `/v1/customers/${nobody}/members`, 'members of teams'),
  reads('webhooks:read', '/v1/webhooks/endpoints?limit=1', 'watching the webhook endpoint'),
  writes('webhooks:write', '/v1/webhooks/endpoints', 'making the webhook endpoint'),
  reads('organizations:read', '/v1/organizations/?limit=1', 'how changes of plan are billed'),
];

export const NEEDED_SCOPES: readonly string[] = PERMISSIONS.map(({ scope }) => scope);

/** By scope: whether the token has it; undefined where the other side does not know the question. */
export interface Permissions {
  readonly granted: readonly string[];
  readonly missing: readonly { readonly scope: string; readonly use: string }[];
}

/** Asks one question after the other, since Polar limits how many it answers. */
export async function permissionsOf(polar: PolarApi): Promise<Permissions> {
  const granted: string[] = [];
  const missing: Permission[] = [];
  for (const permission of PERMISSIONS) {
    const status = await polar.statusOf(permission.method, permission.path, permission.body);
    if (status === 403) missing.push(permission);
    else if (status < 500) granted.push(permission.scope);
  }
  return { granted, missing };
}
