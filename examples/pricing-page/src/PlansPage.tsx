// The pricing page. It is open to everybody; whoever chooses a plan signs in first.
import { PolarPricingTable } from '@plinto/polar/react';
import { go } from './address';
import { PlansToRead, WhomToAsk } from './read-only';
import type { Subject } from './subject';
import { featureLabels } from './words';

const table = { highlighted: 'pro', featureLabels };

export function PlansPage({ subject }: { subject: Subject }) {
  const { organizationId, name, may } = subject;
  return (
    <>
      <header className="heading">
        <h1>Pricing that scales with {name ?? 'you'}</h1>
        <p className="muted">Start free. Move to Pro when you ship. Cancel whenever you like.</p>
      </header>
      {may === 'manage' ? (
        <PolarPricingTable
          {...table}
          returnUrl={window.location.href}
          onSignIn={() => go({ page: 'sign-in', organizationId })}
        />
      ) : (
        <>
          <WhomToAsk name={name} />
          {may === 'read' && <PlansToRead {...table} />}
        </>
      )}
      <p className="muted fine-print">
        Payments are handled by Polar, our merchant of record. Taxes are added at checkout.
      </p>
    </>
  );
}
