// What was used this month, and a button that records one more, so that metering can be seen at work.
import { usePolar, useUsage } from '@plinto/polar/react';
import { useState } from 'react';

const eventName = 'api_call';

export function UsagePanel() {
  const polar = usePolar();
  const { data: usage, refetch } = useUsage({ eventName });
  const [isRecording, setRecording] = useState(false);
  const [problem, setProblem] = useState('');
  const [ids, setIds] = useState<string[]>([]);
  const calls = usage?.items.reduce((sum, { quantity }) => sum + quantity, 0);

  async function record() {
    setRecording(true);
    setProblem('');
    const id = polar.usage.record(eventName, { properties: { source: 'pricing-page' } });
    setIds((earlier) => [id, ...earlier].slice(0, 3));
    // It would go by itself, with others. The sum above is to have it at once.
    const { error } = await polar.usage.flush();
    if (error) setProblem(error.message);
    else await refetch();
    setRecording(false);
  }

  return (
    <section className="card panel" aria-labelledby="usage-title">
      <h2 id="usage-title">Usage</h2>
      <p className="figure">
        <strong>{calls === undefined ? '\u2013' : calls.toLocaleString('en-US')}</strong>{' '}
        <span className="muted">{calls === 1 ? 'API call' : 'API calls'} this month</span>
      </p>
      <p className="muted small">Each call is kept until the server has it, and billed once.</p>
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
      {ids.length > 0 && (
        <ul className="receipts" aria-live="polite">
          {ids.map((id) => (
            <li key={id} data-event-id={id}>
              <span>Recorded</span>
              <code title={id}>{id.slice(-8)}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
