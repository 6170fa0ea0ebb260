// The running subscription, and the way to Polar's portal where it is changed.
import type { CustomerSubscription } from '@plinto/polar';
import { PolarCustomerPortal } from '@plinto/polar/react';
import { useState } from 'react';
import { date, priceTag } from './format';
import type { Organization } from './plinto-client';
import { pageUrl } from './returned';

interface PlanPanelProps {
  plan: CustomerSubscription;
  organization: Organization | undefined;
  mayManage: boolean;
}

export function PlanPanel({ plan, organization, mayManage }: PlanPanelProps) {
  const [problem, setProblem] = useState('');
  const status = statusOf(plan);
  return (
    <section className="card panel" aria-labelledby="plan-title">
      <header className="panel-header">
        <h2 id="plan-title">{organization === undefined ? 'Your plan' : `${organization.name}'s plan`}</h2>
        <p className={`badge badge-${status.tone}`} role="status">
          {status.text}
        </p>
      </header>
      <p className="plan-name">{plan.productName ?? 'Subscription'}</p>
      <dl className="facts">
        <div>
          <dt>Price</dt>
          <dd>
            {priceTag(plan.amount, plan.currency)} per {period(plan)}
          </dd>
        </div>
        <div>
          <dt>{plan.cancelAtPeriodEnd ? 'Access until' : 'Renews on'}</dt>
          <dd>{date(plan.currentPeriodEnd)}</dd>
        </div>
        {plan.startedAt !== undefined && (
          <div>
            <dt>Member since</dt>
            <dd>{date(plan.startedAt)}</dd>
          </div>
        )}
      </dl>
      {mayManage && (
        <PolarCustomerPortal
          className="button"
          organizationId={organization?.id}
          returnUrl={pageUrl(organization?.id)}
          onError={(error) => setProblem(error.message)}
        >
          Manage billing
        </PolarCustomerPortal>
      )}
      <p className="form-problem" role="alert">
        {problem}
      </p>
    </section>
  );
}

function statusOf(plan: CustomerSubscription): { text: string; tone: 'success' | 'warning' } {
  if (plan.cancelAtPeriodEnd) {
    return { text: `Cancels on ${date(plan.endsAt ?? plan.currentPeriodEnd)}`, tone: 'warning' };
  }
  if (plan.status === 'trialing') return { text: 'Trial', tone: 'success' };
  if (plan.status === 'active') return { text: 'Active', tone: 'success' };
  return { text: plan.status === 'paused' ? 'Paused' : 'Payment due', tone: 'warning' };
}

function period({ recurringInterval, recurringIntervalCount }: CustomerSubscription): string {
  return recurringIntervalCount === 1 ? recurringInterval : `${recurringIntervalCount} ${recurringInterval}s`;
}
