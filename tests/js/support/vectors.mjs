// Runs the shared vectors (tests/vectors) against the Wasm modules themselves, without the package around them. Plain
// JavaScript without imports: Node runs it, and a page in Chromium loads it as it is.

const BASE = { base_url: 'https://app.example/api/v1/polar', entropy: '00112233445566778899aabbccddeeff' };

/** What the core does at each step of a call: an action, or `{ error }`. */
export function runCall(core, { operation, input, steps }) {
  let exchange = '';
  return steps.map(({ now_ms, random, event }) => {
    const context = JSON.stringify({ ...BASE, now_ms, random });
    const envelope = JSON.parse(
      event === undefined
        ? core.exchangeStart(operation, JSON.stringify(input), context)
        : core.exchangeNext(exchange, JSON.stringify(event), context),
    );
    if (!envelope.ok) return { error: envelope.error };
    exchange = JSON.stringify(envelope.value.exchange);
    return envelope.value.action;
  });
}

/** What a delivery is found to be, in the words of the vector. */
export function runWebhook(webhooks, { secrets, headers, body, now_ms }) {
  const bytes = new TextEncoder().encode(body);
  const envelope = JSON.parse(webhooks.verifyWebhook(JSON.stringify(secrets), JSON.stringify(headers), bytes, now_ms));
  if (envelope.ok) return { ok: true, id: envelope.value.id };
  const { code, details } = envelope.error;
  return { ok: false, code, ...(details === undefined ? {} : { diagnosis: details }) };
}
