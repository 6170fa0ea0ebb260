// What the scripts ask of the emulator: Polar's own API with the access token, and the emulator's log.

export class EmulatorClient {
  #url;
  #token;

  constructor(url, accessToken) {
    this.#url = url;
    this.#token = accessToken;
  }

  /** The product that the demo and the tests buy, as Polar answers it. */
  async product() {
    const { items } = await this.get('/v1/products/?limit=100');
    const pro = items.find(({ name }) => name === 'Pro');
    if (pro === undefined) throw new Error('the emulator lists no product named Pro');
    return pro;
  }

  /** The customer with this external id, or undefined. */
  async customer(externalId) {
    const answer = await this.#fetch(`/v1/customers/external/${encodeURIComponent(externalId)}`);
    return answer.status === 404 ? undefined : bodyOf(answer);
  }

  /** The usage events of one customer. */
  async events(externalCustomerId) {
    const { items } = await this.get(
      `/v1/events/?limit=100&source=user&external_customer_id=${encodeURIComponent(externalCustomerId)}`,
    );
    return items;
  }

  /** The subscriptions of one customer, or their orders, the newest first. @param {'subscriptions' | 'orders'} what */
  async of(what, externalCustomerId) {
    const query = `limit=100&external_customer_id=${encodeURIComponent(externalCustomerId)}`;
    const { items } = await this.get(`/v1/${what}/?${query}`);
    return items.toSorted((one, other) => other.created_at.localeCompare(one.created_at));
  }

  /** Requests received and webhooks delivered, oldest first. */
  log() {
    return this.get('/_emulator/log');
  }

  get(path) {
    return this.call('GET', path);
  }

  /** Rejects with Polar's words where it refuses. */
  async call(method, path, body) {
    return bodyOf(await this.#fetch(path, method, body));
  }

  #fetch(path, method = 'GET', body = undefined) {
    return fetch(this.#url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        'polar-version': '2026-04',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
  }
}

/** The buyer of a checkout pays with the test card that works, as the checkout's page would let them. */
export async function payCheckout(url, clientSecret, { name = 'Olivia Owner', email = 'billing@acme.test' } = {}) {
  await bodyOf(
    await fetch(`${url}/v1/checkouts/client/${clientSecret}/confirm`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        confirmation_token_id: 'ctoken_visa',
        customer_name: name,
        customer_email: email,
        customer_billing_address: { country: 'FR' },
      }),
    }),
  );
}

async function bodyOf(answer) {
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the emulator answered ${answer.status} to ${answer.url}: ${text.slice(0, 300)}`);
  return text === '' ? undefined : JSON.parse(text);
}
