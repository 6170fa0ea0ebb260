// What one subject sees: the plans when nothing was bought, otherwise the plan, its use and its orders.
import { type CheckoutResult, useCheckout, useOrders, useSubscription } from '@plinto/polar/react';
import type { PageConfig } from './config';
import { Orders } from './Orders';
import { PlanPanel } from './PlanPanel';
import { Plans } from './Plans';
import type { Organization } from './plinto-client';
import { UsagePanel } from './UsagePanel';

interface AccountProps {
  config: PageConfig;
  /** The organization that is billed; the signed-in user when undefined. */
  organization: Organization | undefined;
  /** The checkout that the buyer comes back from. */
  checkoutId: string | undefined;
}

export function Account({ config, organization, checkoutId }: AccountProps) {
  const organizationId = organization?.id;
  const { data: plan, error, isLoading, refetch } = useSubscription({ organizationId });
  const { data: orders } = useOrders({ organizationId });
  const checkout = useCheckout({ organizationId, checkoutId });
  const retry = () => void refetch();

  if (isLoading) return <Skeleton />;
  const manages = organization === undefined || organization.is_owner || organization.user_role === 'admin';
  const awaited = checkout.state === 'confirming' || checkout.state === 'late';
  return (
    <>
      <div aria-live="polite">
        {plan === undefined && <PaymentNotice checkout={checkout} />}
        {checkout.state === 'confirmed' && plan !== undefined && (
          <p className="notice notice-success">
            Payment received. Welcome to {plan.productName ?? config.product.name}.
          </p>
        )}
      </div>
      {error !== undefined && <Failure message={error.message} onRetry={retry} />}
      {plan === undefined && error === undefined && !awaited && (
        <Plans product={config.product} organization={organization} mayBuy={manages} />
      )}
      {plan !== undefined && (
        <>
          <h1 className="page-title">Billing</h1>
          <div className="columns">
            <PlanPanel plan={plan} organization={organization} mayManage={manages} />
            <UsagePanel eventName={config.usageEvent} organizationId={organization?.id} />
          </div>
          <Orders orders={orders?.items ?? []} />
        </>
      )}
    </>
  );
}

function PaymentNotice({ checkout: { state, retry } }: { checkout: CheckoutResult }) {
  if (state === 'confirming') {
    return (
      <div className="card confirming" aria-busy="true">
        <span className="spinner" aria-hidden="true" />
        <h1>Confirming your payment</h1>
        <p className="muted">Polar is telling us about it. This takes a few seconds.</p>
      </div>
    );
  }
  if (state === 'failed') return <p className="notice notice-error">The payment did not go through.</p>;
  if (state !== 'late') return null;
  return (
    <div className="notice notice-warning">
      <p>
        <strong>Your payment is not confirmed yet.</strong> There is no need to pay again: the plan turns on by itself
        as soon as the payment arrives.
      </p>
      <button type="button" className="button" onClick={retry}>
        Check again
      </button>
    </div>
  );
}

function Failure({ message, onRetry }: { message: string; onRetry: () => void }) {
  return (
    <div className="notice notice-error" role="alert">
      <p>
        <strong>Billing could not be loaded.</strong> {message}
      </p>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

function Skeleton() {
  return (
    <div className="plans" aria-busy="true">
      <span className="visually-hidden" role="status">
        Loading your plan
      </span>
      <div className="card skeleton" />
      <div className="card skeleton" />
    </div>
  );
}
