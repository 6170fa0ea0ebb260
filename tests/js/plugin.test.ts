// @vitest-environment jsdom
// The plugin on a Plinto client: what it attaches, and when it asks for the customer to be made sure of.
import {
  createPolarClient,
  createPolarPlugin,
  PolarPlugin,
  type PolarPluginConfig,
  type WithPolar,
} from '@plinto/polar';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHECKOUT, CUSTOMER, Gateway, ORGANIZATION, PRODUCT, refusal } from './support/gateway.ts';
import { PlintoClient } from './support/people.ts';

let gateway: Gateway;
const customersAsked = () => gateway.asked.filter(({ path }) => path === '/api/v1/polar/customer');

function install(config: PolarPluginConfig = {}, signedInAs?: string) {
  const client = new PlintoClient(gateway.url);
  if (signedInAs) client.signIn(signedInAs);
  const polar = createPolarPlugin(config).install(client);
  return { client: client as WithPolar<PlintoClient>, polar };
}

beforeAll(async () => {
  gateway = await Gateway.start();
});
beforeEach(() => {
  gateway.forget();
  gateway.answer(CUSTOMER);
  sessionStorage.clear();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => gateway.stop());

describe('install', () => {
  it('attaches a PolarPlugin as client.polar and returns it', () => {
    const plugin = createPolarPlugin();
    const client = new PlintoClient(gateway.url) as WithPolar<PlintoClient>;

    const polar = plugin.install(client);

    expect(plugin.name).toBe('polar');
    expect(polar).toBeInstanceOf(PolarPlugin);
    expect(client.polar).toBe(polar);
  });

  it('gives the same one when installed twice', () => {
    const plugin = createPolarPlugin();
    const client = new PlintoClient(gateway.url);

    expect(plugin.install(client)).toBe(plugin.install(client));
  });

  it.each<[field: string, config: object, what: RegExp]>([
    [
      'organisationId',
      { organisationId: ORGANIZATION },
      /^organisationId must be one of baseUrl,basePath,organizationId,/,
    ],
    ['organizationId', { organizationId: 'acme' }, /a UUID/],
    ['country', { country: 'Mexico' }, /two letters/],
    ['defaultSuccessUrl', { defaultSuccessUrl: '/thanks' }, /an absolute URL/],
    ['defaultReturnUrl', { defaultReturnUrl: 'javascript:alert(1)' }, /an absolute URL/],
    ['preload', { preload: 'always' }, /idle, intent or use/],
    ['transport', { transport: 'fetch' }, /a function/],
    ['onError', { onError: true }, /a function/],
    ['createCustomerOnSignUp', { createCustomerOnSignUp: 'true' }, /a boolean/],
    ['basePath', { basePath: 1 }, /a string/],
    ['toString', { toString: 1 }, /one of/],
  ])('refuses a wrong %s when the plugin is made', (field, config, what) => {
    const making = () => createPolarPlugin(config as PolarPluginConfig);

    expect(making).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID', field }));
    expect(making).toThrow(what);
  });

  it('refuses to be installed on what is no Plinto client', () => {
    const install = () => createPolarPlugin().install({} as never);

    expect(install).toThrow(expect.objectContaining({ code: 'CONFIGURATION_INVALID', field: 'getAccessToken' }));
    expect(() => createPolarClient({} as never)).toThrow(/getAccessToken must be a function/);
  });

  it("sells by the page's own names of products, and by the server's others", async () => {
    gateway.answer(CHECKOUT);
    const { polar } = install({ products: { pro: PRODUCT } });

    await polar.createCheckout({ slug: 'pro' });
    await polar.createCheckout({ slug: 'team' });
    await polar.createCheckout({ slug: 'toString' });

    expect(gateway.asked.map(({ body }) => body)).toEqual([
      { product_id: PRODUCT },
      { slug: 'team' },
      { slug: 'toString' },
    ]);
  });

  it("sends requests to the client's address with the client's token", async () => {
    gateway.answer(CHECKOUT);
    const { client, polar } = install({ organizationId: ORGANIZATION });
    client.token = 'from-plinto';

    await polar.createCheckout({ productId: PRODUCT });

    expect(gateway.asked).toMatchObject([{ path: '/api/v1/polar/checkout', body: { organization_id: ORGANIZATION } }]);
    expect(gateway.asked[0]?.headers.authorization).toBe('Bearer from-plinto');
  });

  it('takes another address where the gateway is elsewhere', async () => {
    gateway.answer(CHECKOUT);
    const client = new PlintoClient('https://plinto.invalid');

    await createPolarPlugin({ baseUrl: gateway.url }).install(client).createCheckout({ productId: PRODUCT });

    expect(gateway.asked).toHaveLength(1);
  });
});

describe('createCustomerOnSignUp', () => {
  it('asks at once for a user who is signed in already', async () => {
    install({ createCustomerOnSignUp: true, organizationId: ORGANIZATION }, 'user-1');
    await gateway.arrived();

    expect(customersAsked()).toMatchObject([{ method: 'POST', body: {} }]);
  });

  it('asks when a user signs in, once for each', async () => {
    const { client } = install({ createCustomerOnSignUp: true });

    client.signIn('user-1');
    client.signIn('user-1');
    client.signIn('user-2');
    await gateway.arrived(2);
    await vi.waitFor(() => expect(sessionStorage).toHaveLength(2));

    expect(customersAsked()).toHaveLength(2);
  });

  it('asks no more in the same session after a reload', async () => {
    install({ createCustomerOnSignUp: true }, 'user-1');
    await vi.waitFor(() => expect(sessionStorage).toHaveLength(1));
    const { client } = install({ createCustomerOnSignUp: true }, 'user-1');

    client.signIn('user-2');
    await gateway.arrived(2);

    expect(customersAsked()).toHaveLength(2);
  });

  it('is off by default', async () => {
    const { client, polar } = install({}, 'user-1');

    client.signIn('user-1');
    await polar.ensureCustomer(ORGANIZATION);

    expect(customersAsked()).toMatchObject([{ body: { organization_id: ORGANIZATION } }]);
  });

  it('tells onError when it fails, and asks again at the next sign-in', async () => {
    gateway.answer(refusal(403, 'ROLE_NOT_ALLOWED'));
    const errors: string[] = [];
    const { client } = install({ createCustomerOnSignUp: true, onError: (error) => errors.push(error.code) });

    client.signIn('user-1');
    await vi.waitFor(() => expect(errors).toEqual(['ROLE_NOT_ALLOWED']));
    gateway.answer(CUSTOMER);
    client.signIn('user-1');
    await vi.waitFor(() => expect(sessionStorage).toHaveLength(1));

    expect(customersAsked()).toHaveLength(2);
  });

  it('does without session storage', async () => {
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    const { client } = install({ createCustomerOnSignUp: true }, 'user-1');

    client.signIn('user-1');
    client.signIn('user-2');
    await gateway.arrived(2);

    expect(customersAsked()).toHaveLength(2);
  });
});

describe('preload', () => {
  it('never fails, also when the core cannot load', async () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {});
    const { polar } = install({ wasm: new Uint8Array([0]) });

    polar.preload();

    expect(await polar.ensureCustomer()).toMatchObject({ name: 'Ada' });
  });

  it('idle fetches the core before anyone asks for it', async () => {
    gateway.answer({ status: 404, body: {} });
    vi.spyOn(console, 'warn').mockImplementation(() => {});

    install({ preload: 'idle', wasm: new URL(`${gateway.url}/idle.wasm`) });
    await gateway.arrived();

    expect(gateway.asked.map(({ path }) => path)).toEqual(['/idle.wasm']);
  });

  it('use keeps an early preload from fetching, intent does not', async () => {
    gateway.answer({ status: 404, body: {} });
    vi.spyOn(console, 'warn').mockImplementation(() => {});

    install({ preload: 'use', wasm: new URL(`${gateway.url}/use.wasm`) }).polar.preload();
    install({ preload: 'intent', wasm: new URL(`${gateway.url}/intent.wasm`) }).polar.preload();
    await gateway.arrived();

    expect(gateway.asked.map(({ path }) => path)).toEqual(['/intent.wasm']);
  });
});
