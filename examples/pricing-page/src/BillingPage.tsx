// The billing page: what became of a payment, the plan and what may be done about it, invoices, usage, the payment method.
import {
  PolarCancel,
  PolarCheckoutReturn,
  PolarNotice,
  PolarOrders,
  PolarPortalCard,
  PolarSubscription,
  useCheckout,
  useSubscription,
} from '@plinto/polar/react';
import type { ReactNode } from 'react';
import { go, Link } from './address';
import { NoticeToRead, OrdersToRead, WhomToAsk } from './read-only';
import type { Subject } from './subject';
import { UsagePanel } from './UsagePanel';

interface BillingPageProps {
  subject: Subject;
  /** The checkout that the buyer comes back from. */
  checkoutId: string | undefined;
}

export function BillingPage({ subject: { organizationId, name, may }, checkoutId }: BillingPageProps) {
  return (
    <>
      <h1 className="page-title">Billing</h1>
      {may === 'manage' ? (
        <BillingToManage organizationId={organizationId} checkoutId={checkoutId} />
      ) : (
        <WhomToAsk name={name} />
      )}
      {may === 'read' && <BillingToRead />}
    </>
  );
}

function BillingToManage({
  organizationId,
  checkoutId,
}: Pick<Subject, 'organizationId'> & Omit<BillingPageProps, 'subject'>) {
  const { data: plan, subscriptions, error, isLoading } = useSubscription();
  const { state } = useCheckout({ checkoutId });
  const here = { page: 'billing', organizationId } as const;
  const plans = { page: 'plans', organizationId } as const;
  const isAwaited = state === 'confirming' || state === 'late';
  const isOver = plan?.endedAt !== undefined;
  const isEnding = plan?.cancelAtPeriodEnd === true || isOver;
  const hasNone = isOver || (plan === undefined && error === undefined && !isLoading);
  // Nobody is a customer before they have bought.
  const isCustomer = isLoading || subscriptions.length > 0;
  return (
    <>
      <PolarCheckoutReturn checkoutId={checkoutId} onDone={() => go(here, { replace: true })} />
      {/* That it ends, and the way back, stand beside the plan. */}
      {!isEnding && <PolarNotice />}
      {(plan !== undefined || !isAwaited) && (
        <div className="columns">
          <div>
            <Plan>
              {hasNone && (
                <Link className="button button-primary" to={plans}>
                  Choose a plan
                </Link>
              )}
              <PolarSubscription.Error />
              <PolarSubscription.Actions>
                {!isEnding && (
                  <>
                    <PolarSubscription.Resume />
                    <Link className="button" to={plans}>
                      Change plan
                    </Link>
                  </>
                )}
                <PolarCancel />
              </PolarSubscription.Actions>
            </Plan>
            <PolarOrders />
          </div>
          <div>
            <UsagePanel />
            {isCustomer && <PolarPortalCard />}
          </div>
        </div>
      )}
    </>
  );
}

function BillingToRead() {
  return (
    <>
      <NoticeToRead />
      <div className="columns">
        <div>
          <Plan />
          <OrdersToRead />
        </div>
        <div>
          <UsagePanel />
        </div>
      </div>
    </>
  );
}

/** `PolarSubscription` from its parts: what there is to know, and what the caller adds. */
function Plan({ children }: { children?: ReactNode }) {
  return (
    <PolarSubscription.Root>
      <PolarSubscription.Title />
      <PolarSubscription.State />
      <PolarSubscription.Name />
      <PolarSubscription.Status />
      <PolarSubscription.Facts />
      <PolarSubscription.Change />
      {children}
    </PolarSubscription.Root>
  );
}
