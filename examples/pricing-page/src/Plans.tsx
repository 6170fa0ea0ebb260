// The price list: what is free, and what is sold through Polar.
import { PolarCheckoutButton } from '@plinto/polar/react';
import { useState } from 'react';
import type { Product } from './config';
import { priceTag } from './format';
import type { Organization } from './plinto-client';
import { pageUrl, successUrl } from './returned';

const freeFeatures = ['1,000 API calls a month', '1 project', 'Community support'];
const paidFeatures = [
  'Usage-based API calls, metered to the call',
  'Unlimited projects',
  'Audit log with one year of history',
  'E-mail support within a day',
];

interface PlansProps {
  product: Product;
  organization: Organization | undefined;
  mayBuy: boolean;
}

export function Plans({ product, organization, mayBuy }: PlansProps) {
  const [problem, setProblem] = useState('');
  const who = organization?.name ?? 'you';
  return (
    <section aria-labelledby="plans-title">
      <div className="heading">
        <h1 id="plans-title">Pricing that scales with {who}</h1>
        <p className="muted">Start free. Move to {product.name} when you ship. Cancel whenever you like.</p>
      </div>
      <div className="plans">
        <article className="card plan" aria-labelledby="plan-free">
          <header>
            <h2 id="plan-free">Free</h2>
            <p className="muted">To try things out</p>
          </header>
          <Price amount={priceTag(0, product.currency)} per="forever" />
          <p className="button button-still">Your current plan</p>
          <Features items={freeFeatures} />
        </article>
        <article className="card plan plan-featured" aria-labelledby="plan-paid">
          <header>
            <h2 id="plan-paid">
              {product.name} <span className="badge badge-accent">Recommended</span>
            </h2>
            <p className="muted">For products with users</p>
          </header>
          <Price amount={priceTag(product.amount, product.currency)} per={`per ${product.interval}`} />
          {mayBuy ? (
            <PolarCheckoutButton
              className="button button-primary"
              productId={product.id}
              organizationId={organization?.id}
              successUrl={successUrl(organization?.id)}
              returnUrl={pageUrl(organization?.id)}
              onError={(error) => setProblem(error.message)}
            >
              Upgrade to {product.name}
            </PolarCheckoutButton>
          ) : (
            <p className="button button-still">Ask an owner of {who} to upgrade</p>
          )}
          <p className="form-problem" role="alert">
            {problem}
          </p>
          <Features items={paidFeatures} lead="Everything in Free, and" />
        </article>
      </div>
      <p className="muted fine-print">
        Payments are handled by Polar, our merchant of record. Taxes are added at checkout.
      </p>
    </section>
  );
}

function Price({ amount, per }: { amount: string; per: string }) {
  return (
    <p className="price">
      <span className="price-amount">{amount}</span> <span className="muted">{per}</span>
    </p>
  );
}

function Features({ items, lead }: { items: string[]; lead?: string }) {
  return (
    <div className="features">
      {lead !== undefined && <p className="muted">{lead}</p>}
      <ul>
        {items.map((item) => (
          <li key={item}>
            <Check />
            {item}
          </li>
        ))}
      </ul>
    </div>
  );
}

function Check() {
  return (
    <svg className="check" viewBox="0 0 16 16" aria-hidden="true">
      <path d="m3.5 8.5 3 3 6-7" />
    </svg>
  );
}
