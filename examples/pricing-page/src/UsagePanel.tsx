// What was used this month, and a button that records one more, so that metering can be seen at work.
import type { UsageReceipt } from '@plinto/polar';
import { usePolar, useUsage } from '@plinto/polar/react';
import { useState } from 'react';

const eventName = 'api_call';

export function UsagePanel() {
  const polar = usePolar();
  const { data: usage, refetch } = useUsage({ eventName });
  const [isRecording, setRecording] = useState(false);
  const [problem, setProblem] = useState('');
  const [receipts, setReceipts] = useState<UsageReceipt[]>([]);
  const calls = usage?.items.reduce((sum, { quantity }) => sum + quantity, 0);

  async function record() {
    setRecording(true);
    setProblem('');
    try {
      const receipt = await polar.ingestUsageEvent({ eventName, properties: { source: 'pricing-page' } });
      setReceipts((earlier) => [receipt, ...earlier].slice(0, 3));
      await refetch();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setRecording(false);
  }

  return (
    <section className="card panel" aria-labelledby="usage-title">
      <h2 id="usage-title">Usage</h2>
      <p className="figure">
        <strong>{calls === undefined ? '\u2013' : calls.toLocaleString('en-US')}</strong>{' '}
        <span className="muted">{calls === 1 ? 'API call' : 'API calls'} this month</span>
      </p>
      <p className="muted small">Each call is stored before it is answered, and billed once.</p>
      <button
        type="button"
        className="button"
        onClick={() => void record()}
        aria-busy={isRecording}
        disabled={isRecording}
      >
        Record an API call
      </button>
      <p className="form-problem" role="alert">
        {problem}
      </p>
      {receipts.length > 0 && (
        <ul className="receipts" aria-live="polite">
          {receipts.map(({ eventId, reported }) => (
            <li key={eventId} data-event-id={eventId}>
              <span>Recorded{reported ? ', and at Polar' : ', on its way to Polar'}</span>
              <code title={eventId}>{eventId.slice(0, 8)}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
