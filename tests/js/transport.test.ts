// Carrying one request: token, time limit, cancellation. The servers are real; only time limits are short.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { GetAccessToken } from '../../dist/js/token.js';
import { fetchTransport, type PolarRequest, send } from '../../dist/js/transport.js';
import { Gateway, refusal } from './support/gateway.ts';
import { ADA, BOB, tokenOf } from './support/people.ts';

let gateway: Gateway;
const network = (getAccessToken: GetAccessToken = () => 'token') => ({ transport: fetchTransport, getAccessToken });
const request = (): PolarRequest => ({ method: 'GET', url: `${gateway.url}/x`, headers: [['x-kept', 'yes']] });

beforeAll(async () => {
  gateway = await Gateway.start();
});
beforeEach(() => gateway.forget());
afterAll(() => gateway.stop());

describe('a request', () => {
  it('bears the access token beside its own headers', async () => {
    gateway.answer({ status: 404, body: { a: 1 }, headers: { 'x-answer': 'yes' } });

    const outcome = await send(network(), request(), 1000, undefined);

    expect(outcome).toMatchObject({ kind: 'answer', status: 404, body: '{"a":1}' });
    expect(outcome).toHaveProperty('headers', expect.arrayContaining([['x-answer', 'yes']]));
    expect(gateway.asked[0]?.headers).toMatchObject({ authorization: 'Bearer token', 'x-kept': 'yes' });
  });

  it('asks for the token each time, so that a refreshed one is used', async () => {
    gateway.answer({ status: 200, body: {} });
    const tokens = ['first', 'second'];
    const both = network(async () => tokens.shift() ?? null);

    await send(both, request(), 1000, undefined);
    await send(both, request(), 1000, undefined);

    expect(gateway.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second']);
  });

  it('goes out without a token when nobody is signed in', async () => {
    gateway.answer({ status: 200, body: {} });

    await send(
      network(() => null),
      request(),
      1000,
      undefined,
    );

    expect(gateway.asked[0]?.headers).not.toHaveProperty('authorization');
  });

  it('is not sent when the token cannot be read', async () => {
    const lost = new Error('storage is gone');

    const sent = send(
      network(() => Promise.reject(lost)),
      request(),
      1000,
      undefined,
    );

    await expect(sent).rejects.toMatchObject({ code: 'TOKEN_MISSING', family: 'caller', cause: lost });
    expect(gateway.asked).toHaveLength(0);
  });

  it('ends as a time-out when no answer comes in time', async () => {
    gateway.answer('hang');

    expect(await send(network(), request(), 20, undefined)).toMatchObject({ kind: 'fault', fault: 'timeout' });
  });

  it('ends as a network fault when the connection is cut', async () => {
    gateway.answer('cut');

    expect(await send(network(), request(), 1000, undefined)).toMatchObject({ kind: 'fault', fault: 'network' });
  });

  it('ends as canceled when its signal aborts on the way', async () => {
    gateway.answer('hang');
    const stop = new AbortController();

    const sent = send(network(), request(), 1000, stop.signal);
    await gateway.arrived();
    stop.abort('enough');

    expect(await sent).toEqual({ kind: 'fault', fault: 'canceled', cause: 'enough' });
  });

  it.each<[string, Parameters<typeof send>[0]]>([
    ['a token that never comes', network(() => new Promise(() => {}))],
    [
      'a transport that never ends, and does not listen to its signal',
      { transport: () => new Promise(() => {}), getAccessToken: () => 'token' },
    ],
  ])('waits in bounded time for %s, and not once it is canceled', async (_, slow) => {
    expect(await send(slow, request(), 20, undefined)).toMatchObject({ kind: 'fault', fault: 'timeout' });
    const stop = new AbortController();
    const sent = send(slow, request(), 60_000, stop.signal);

    stop.abort('enough');

    expect(await sent).toEqual({ kind: 'fault', fault: 'canceled', cause: 'enough' });
  });

  it('is not sent when its signal has aborted before', async () => {
    expect(await send(network(), request(), 1000, AbortSignal.abort())).toMatchObject({ fault: 'canceled' });
    expect(gateway.asked).toHaveLength(0);
  });
});

describe('a token that is refused', () => {
  const expired = refusal(401, 'TOKEN_EXPIRED');
  const ok = { status: 200, body: {} };
  const authorizations = () => gateway.asked.map(({ headers }) => headers.authorization);
  /** Sends with these tokens, one after the other. */
  const sendWith = (...tokens: string[]) =>
    send(
      network(() => (tokens.length > 1 ? tokens.shift() : tokens[0])),
      request(),
      1000,
      undefined,
    );

  it('costs a second request where a fresh one of the same user is at hand', async () => {
    gateway.answer(expired, ok);
    const [old, fresh] = [tokenOf(ADA), tokenOf(ADA)];

    expect(await sendWith(old, fresh)).toMatchObject({ kind: 'answer', status: 200 });
    expect(authorizations()).toEqual([`Bearer ${old}`, `Bearer ${fresh}`]);
  });

  it('costs one second request, whatever comes of it', async () => {
    gateway.answer(expired);

    expect(await sendWith(tokenOf(ADA), tokenOf(ADA), tokenOf(ADA))).toMatchObject({ status: 401 });
    expect(gateway.asked).toHaveLength(2);
  });

  it.each([
    ['there is no other', (token: string) => token],
    ['the other is of somebody else', () => tokenOf(BOB)],
    ['it cannot be known whose the other is', () => 'opaque'],
    ['nobody is signed in any more', () => ''],
  ])('is the answer where %s', async (_, next) => {
    gateway.answer(expired, ok);
    const old = tokenOf(ADA);

    expect(await sendWith(old, next(old))).toMatchObject({ kind: 'answer', status: 401 });
    expect(gateway.asked).toHaveLength(1);
  });
});
