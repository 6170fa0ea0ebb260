// A whole application that sells in Mexico: server, emulators of Polar and of Conekta and the stand-in on one clock, an
// organization in Mexico, one in Germany, and what the application was told of each.
import assert from 'node:assert/strict';
import { startPolarStack } from '@plinto/polar/testing';
import { binary } from '../../../scripts/lib/paths.mjs';
import { plintoApi } from '../../../scripts/lib/plinto-api.mjs';
import { run } from '../../../scripts/lib/run.mjs';
import { waitFor } from '../../../scripts/lib/wait.mjs';
import { startApplication } from './application.mjs';
import { newSecret } from './plinto-api.mjs';

const DAY_MS = 86_400_000;
const id = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
export const shop = 'http://127.0.0.1:5173';

export const catalog = {
  settings: { proration_behavior: 'invoice' },
  products: [
    {
      ...{ id: id(1), name: 'Pro', recurring_interval: 'month' },
      prices: [{ amount_type: 'fixed', price_amount: 2_000 }],
    },
    { id: id(2), name: 'Starter kit', prices: [{ amount_type: 'fixed', price_amount: 1_900 }] },
    {
      ...{ id: id(3), name: 'Business', recurring_interval: 'month' },
      prices: [{ amount_type: 'fixed', price_amount: 4_900 }],
    },
  ],
};
/** Conekta does not sell `business`. */
export const products = {
  kit: { product_id: id(2), tier: 'kit', conekta: { amount: 34_900, name: 'Starter kit' } },
  pro: { product_id: id(1), tier: 'pro', grace_days: 7, features: ['api'], conekta: { plan_id: 'pro-monthly' } },
  business: { product_id: id(3), tier: 'business' },
};

/** @param {{ settings?: Record<string, string>, conekta?: boolean, origins?: string[] }} options */
export async function startMexico({ settings = {}, conekta = true, origins = [shop] } = {}) {
  const application = await startApplication('77777777-7777-4777-8777-777777777777');
  /** What the application was told of an organization, in order. */
  const toldOf = (organization) =>
    application.told.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.organization_id === organization);
  const secret = newSecret();
  const lines = [];
  // More than a year ago: whatever is signed by the machine's own time is not from the future.
  const now = new Date(Math.floor((Date.now() - 400 * DAY_MS) / 60_000) * 60_000);
  const stack = await startPolarStack({
    ...{ now, catalog, products, conekta, origins, server: binary },
    settings: { APP_WEBHOOK_URL: application.url, APP_WEBHOOK_SECRET: secret, ...settings },
    onServerLine: (line) => lines.push(line),
  });
  const plinto = plintoApi(stack.plinto.url);
  const base = `${stack.server.url}/api/v1/polar`;

  const atConekta = async (method, path, body) => {
    const answer = await fetch(stack.conekta.url + path, {
      method,
      headers: { authorization: `Bearer ${stack.conekta.apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.clone().text()}`);
    return answer.json();
  };
  if (conekta) {
    await atConekta('POST', '/plans', {
      ...{ id: 'pro-monthly', name: 'Pro', amount: 39_900, currency: 'MXN', interval: 'month', frequency: 1 },
      ...{ max_retries: 3, retry_delay_hours: 48 },
    });
  }

  /** An organization with an owner who is signed in. */
  async function found(name) {
    const person = {
      name: `${name} Owner`,
      email: `${name.toLowerCase()}@org.test`,
      password: 'correct horse battery',
    };
    const { access_token: first } = await plinto.signUp({ ...person, organization_name: name });
    const [organization] = await plinto.organizations(first);
    const call = async (method, path, body) => {
      const separator = path.includes('?') ? '&' : '?';
      const inQuery = method === 'GET' || method === 'DELETE';
      const { access_token: token } = await signIn(person);
      const answer = await fetch(base + path + (inQuery ? `${separator}organization_id=${organization.id}` : ''), {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(inQuery ? {} : { body: JSON.stringify({ organization_id: organization.id, ...body }) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
    };
    const read = async (path) => {
      const { status, body } = await call('GET', path);
      assert.equal(status, 200, JSON.stringify(body));
      return body;
    };
    return {
      id: organization.id,
      call,
      read,
      access: () => read('/access'),
      state: () => read('/customer/state'),
      subscription: async () => (await read('/customer/subscriptions')).items[0],
      orders: async () => (await read('/customer/orders')).items,
      token: async () => claimsOf((await read('/entitlements/token')).token),
      told: () => toldOf(organization.id),
      buy: async (wish) => {
        const { status, body } = await call('POST', '/checkout', { success_url: `${shop}/ok`, ...wish });
        assert.equal(status, 201, JSON.stringify(body));
        return body;
      },
      checkout: async (checkout) => (await read(`/checkout/${checkout.checkout_id}`)).status,
      /** Waits until the application was told of this, the last of all. */
      hears: (type, also = {}) =>
        until(`${name} being told of ${type}`, () => {
          const last = toldOf(organization.id).at(-1);
          return last?.type === type && Object.entries(also).every(([key, value]) => last.data[key] === value) && last;
        }),
    };
  }
  const signIn = (person) => plinto.signIn(person);

  /** The buyer on Conekta's page. */
  const payAt = async (checkout, fields) => {
    const body = new URLSearchParams({ lang: 'en', ...fields });
    const answer = await fetch(checkout.checkout_url, { method: 'POST', body, redirect: 'manual' });
    await stack.deliver();
    return answer;
  };
  return {
    stack,
    lines,
    plinto,
    atConekta,
    found,
    payAt,
    payByCard: (checkout, number = '4242 4242 4242 4242') =>
      payAt(checkout, { method: 'card', number, name: 'Ana Ruiz', exp: '12/40', cvc: '123' }),
    payByPolar: (checkout) => stack.polar.pay({ url: checkout.checkout_url, clientSecret: checkout.client_secret }),
    control: (path, body = {}) => stack.polar.api('POST', `/_emulator/${path}`, body),
    serviceKey: async (...scopes) => {
      const flags = scopes.flatMap((scope) => ['--scope', scope]);
      const env = { DATABASE_URL: settings.DATABASE_URL };
      return (await run(binary, ['key', 'add', ...flags, '--name', 'test'], { env, quiet: true })).split('\n')[0];
    },
    stop: async () => {
      await stack.stop();
      await application.stop();
    },
  };
}

/** What is due is looked at every half a minute, whoever moves the clock. */
export const until = (what, look) => waitFor(what, look, { withinMs: 60_000 });

const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
