// Records one usage event by hand, so that metering can be seen at work.
import type { UsageReceipt } from '@plinto/polar';
import { usePolar } from '@plinto/polar/react';
import { useState } from 'react';

interface UsagePanelProps {
  eventName: string;
  organizationId: string | undefined;
}

type Recording = { kind: 'idle' | 'sending' } | { kind: 'failed'; message: string };

export function UsagePanel({ eventName, organizationId }: UsagePanelProps) {
  const polar = usePolar();
  const [recording, setRecording] = useState<Recording>({ kind: 'idle' });
  const [receipts, setReceipts] = useState<UsageReceipt[]>([]);

  async function record() {
    setRecording({ kind: 'sending' });
    try {
      const receipt = await polar.ingestUsageEvent({
        eventName,
        organizationId,
        properties: { source: 'pricing-page' },
      });
      setReceipts((earlier) => [receipt, ...earlier].slice(0, 4));
      setRecording({ kind: 'idle' });
    } catch (error) {
      setRecording({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
    }
  }

  const sending = recording.kind === 'sending';
  return (
    <section className="card panel" aria-labelledby="usage-title">
      <header className="panel-header">
        <h2 id="usage-title">Usage</h2>
        <code className="chip">{eventName}</code>
      </header>
      <p className="muted">Each call is stored before it is answered and billed once, however often it is sent.</p>
      <ul className="receipts" aria-live="polite">
        {receipts.map(({ eventId, quantity, reported }) => (
          <li key={eventId} data-event-id={eventId}>
            <span className={`dot ${reported ? 'dot-success' : ''}`} aria-hidden="true" />
            <span>
              {quantity} {quantity === 1 ? 'call' : 'calls'} recorded
              <span className="muted">, {reported ? 'reported to Polar' : 'on its way to Polar'}</span>
            </span>
            <code title={eventId}>{eventId.slice(0, 8)}</code>
          </li>
        ))}
      </ul>
      {receipts.length === 0 && <p className="empty">No calls recorded in this session.</p>}
      <button type="button" className="button" onClick={() => void record()} disabled={sending} aria-busy={sending}>
        Record an API call
      </button>
      <p className="form-problem" role="alert">
        {recording.kind === 'failed' ? recording.message : ''}
      </p>
    </section>
  );
}
