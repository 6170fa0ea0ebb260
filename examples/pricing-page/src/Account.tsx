// What one subject sees: the plans when nothing was bought, otherwise the plan, its use and its orders.
import type { PageConfig } from './config';
import { Orders } from './Orders';
import { PlanPanel } from './PlanPanel';
import { Plans } from './Plans';
import type { Organization } from './plinto-client';
import { UsagePanel } from './UsagePanel';
import { type Billing, type ReturnedFrom, useBilling } from './use-billing';

interface AccountProps {
  config: PageConfig;
  /** The organization that is billed; the signed-in user when undefined. */
  organization: Organization | undefined;
  returnedFrom: ReturnedFrom;
}

export function Account({ config, organization, returnedFrom }: AccountProps) {
  const billing = useBilling(organization?.id, returnedFrom);
  const { data, plan, payment, problem, refetch } = billing;

  if (data === undefined) {
    return problem === undefined ? <Skeleton /> : <Failure message={problem} onRetry={refetch} />;
  }
  const manages = organization === undefined || organization.is_owner || organization.user_role === 'admin';
  return (
    <>
      <div aria-live="polite">
        <PaymentNotice billing={billing} />
        {returnedFrom === 'checkout' && plan !== undefined && (
          <p className="notice notice-success">
            Payment received. Welcome to {plan.productName ?? config.product.name}.
          </p>
        )}
      </div>
      {problem !== undefined && <Failure message={problem} onRetry={refetch} />}
      {plan === undefined && payment === 'settled' && (
        <Plans product={config.product} organization={organization} mayBuy={manages} />
      )}
      {plan !== undefined && (
        <>
          <h1 className="page-title">Billing</h1>
          <div className="columns">
            <PlanPanel plan={plan} organization={organization} mayManage={manages} />
            <UsagePanel eventName={config.usageEvent} organizationId={organization?.id} />
          </div>
          <Orders orders={data.orders} />
        </>
      )}
    </>
  );
}

function PaymentNotice({ billing: { payment, refetch } }: { billing: Billing }) {
  if (payment === 'settled') return null;
  if (payment === 'waiting') {
    return (
      <div className="card confirming" aria-busy="true">
        <span className="spinner" aria-hidden="true" />
        <h1>Confirming your payment</h1>
        <p className="muted">Polar is telling us about it. This takes a few seconds.</p>
      </div>
    );
  }
  return (
    <div className="notice notice-warning">
      <p>
        <strong>Your payment is not confirmed yet.</strong> There is no need to pay again: the plan turns on by itself
        as soon as the payment arrives.
      </p>
      <button type="button" className="button" onClick={refetch}>
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
