// @vitest-environment jsdom
// Who is signed in, and what a page shows of it, without a framework.
import { createPolarClient, type PolarTransport, type Snapshot, watch } from '@plinto/polar';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from './support/eventually.ts';
import { CHECKOUT, dataOf, Gateway, PORTAL, PRODUCT } from './support/gateway.ts';
import { ADA, BOB, tokenOf } from './support/people.ts';

let gateway: Gateway;
let token: string | null;
const assign = vi.fn<(url: string) => void>();
const client = (transport?: PolarTransport) =>
  createPolarClient({ baseUrl: gateway.url, getAccessToken: () => token, transport });

beforeAll(async () => {
  gateway = await Gateway.start();
});
beforeEach(() => {
  gateway.forget();
  token = tokenOf(ADA);
  assign.mockReset();
  vi.stubGlobal('location', { href: 'https://app.example/', assign });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
afterAll(() => gateway.stop());

describe('a session', () => {
  it('knows who is signed in while somebody listens', async () => {
    const { session } = client();
    await session.check();
    expect(session.user).toBeUndefined();

    const stop = session.subscribe(() => {});
    expect(session.user).toBeUndefined();
    await session.check();
    expect(session.user).toBe(ADA);
    token = null;
    await session.check();
    expect(session.user).toBeNull();
    stop();

    expect(session.user).toBeUndefined();
  });

  it('takes a token that it cannot read for a user of its own, and keeps little of it', async () => {
    const { session } = client();
    const users = new Set<unknown>();
    const stop = session.subscribe(() => users.add(session.user));

    for (const opaque of ['first-token-that-no-one-can-read', 'other-token-that-none-may-read', 'a.b.c']) {
      token = opaque;
      await session.check();
    }
    stop();

    users.delete(undefined);
    expect(users.size).toBe(3);
    expect([...users].every((user) => String(user).length <= 16)).toBe(true);
  });

  it('listens to the page only while somebody listens to it', () => {
    const [add, remove] = [vi.spyOn(window, 'addEventListener'), vi.spyOn(window, 'removeEventListener')];
    const { session } = client();

    const stops = [session.subscribe(() => {}), session.subscribe(() => {})];
    for (const stop of stops) stop();

    expect(add.mock.calls.map(([type]) => type).sort()).toEqual(remove.mock.calls.map(([type]) => type).sort());
    expect(add).toHaveBeenCalledTimes(5);
  });
});

describe.each([
  [
    'redirectToCheckout',
    CHECKOUT,
    (polar: ReturnType<typeof client>) => polar.redirectToCheckout({ productId: PRODUCT }),
  ],
  ['redirectToCustomerPortal', PORTAL, (polar: ReturnType<typeof client>) => polar.redirectToCustomerPortal()],
] as const)('%s', (_, answer, redirect) => {
  it.each([
    ['signs out', () => null],
    ['is somebody else', () => tokenOf(BOB)],
  ])('leads nobody away when the user %s before the answer', async (_, next) => {
    gateway.answer(() => {
      token = next();
      return answer;
    });

    await expect(redirect(client())).rejects.toMatchObject({ code: 'CANCELED', family: 'caller' });

    expect(assign).not.toHaveBeenCalled();
    expect(sessionStorage).toHaveLength(0);
  });

  it('leads away when the same user has a new token by then', async () => {
    gateway.answer(() => {
      token = tokenOf(ADA);
      return answer;
    });

    await redirect(client());

    expect(assign).toHaveBeenCalledOnce();
    sessionStorage.clear();
  });
});

describe('a query', () => {
  it('drops an answer for somebody else, also of a transport that cannot be stopped', async () => {
    const answers: (() => void)[] = [];
    const deaf: PolarTransport = ({ headers }) =>
      new Promise((resolve) => {
        const authorization = headers.find(([name]) => name === 'authorization')?.[1];
        const asked = { method: 'GET', path: '', query: {}, headers: { authorization }, body: undefined };
        answers.push(() => resolve({ status: 200, headers: [], body: JSON.stringify(dataOf(asked).body) }));
      });
    const polar = client(deaf);
    const query = watch(polar, 'getCustomerData', {});
    const names: unknown[] = [];
    const nameOf = ({ data }: Snapshot<{ subscriptions: { productName?: string }[] }>) =>
      data?.subscriptions[0]?.productName;
    const stop = query.subscribe(() => names.push(nameOf(query.getSnapshot())));
    await eventually(() => expect(answers).toHaveLength(1));

    token = tokenOf(BOB);
    await polar.session.check();
    await eventually(() => expect(answers).toHaveLength(2));
    answers[0]?.();
    await new Promise((resolve) => setTimeout(resolve));
    expect(query.getSnapshot()).toMatchObject({ data: undefined, error: undefined, isLoading: true });
    answers[1]?.();
    await eventually(() => expect(nameOf(query.getSnapshot())).toBe(BOB));
    stop();

    expect(names).not.toContain(ADA);
  });

  it('is one, in whatever order its question is written', () => {
    const polar = client();

    expect(watch(polar, 'listOrders', { limit: 5, cursor: 'c' })).toBe(
      watch(polar, 'listOrders', { cursor: 'c', limit: 5, organizationId: undefined }),
    );
    expect(watch(polar, 'listOrders', { limit: 5 })).not.toBe(watch(polar, 'listOrders', { limit: 6 }));
  });

  it('fetches anew when it is told to, in place of what is under way', async () => {
    gateway.answer('hang', dataOf);
    const query = watch(client(), 'getCustomerData', {});
    const stop = query.subscribe(() => {});
    await gateway.arrived();

    await query.refetch();
    stop();

    expect(gateway.asked).toHaveLength(2);
    await eventually(() => expect(gateway.aborted).toBe(1));
  });
});
