// Entitlement tokens checked offline: what is taken, what is refused and with which advice, and how keys are fetched. The
// server's own tokens are checked in tests/e2e/server.test.mjs.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  hasFeature,
  type PublishedKeys,
  type VerifyEntitlementsOptions,
  verifyEntitlements,
} from '@plinto/polar/server';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

const NOW = 1_770_000_000;
const CLAIMS = {
  iss: 'plinto-polar',
  aud: 'plinto-polar',
  sub: 'u1',
  org: 'o1',
  iat: NOW,
  exp: NOW + 300,
  version: 1,
  access: { allowed: true, reason: 'active', until: '2026-02-10T08:00:00Z' },
  tier: 'pro',
  features: [
    { feature: 'export', access: { allowed: true, reason: 'active' } },
    { feature: 'sso', access: { allowed: false, reason: 'not_granted' } },
  ],
  meters: [
    { meter_id: 'm1', access: { allowed: true, reason: 'credits_left' }, remaining: 1, consumed: 2, credited: 3 },
  ],
};

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' };
let pair: CryptoKeyPair;
let other: CryptoKeyPair;
let jwks: PublishedKeys;

const publish = async (key: CryptoKey, kid: string) => ({
  ...(await crypto.subtle.exportKey('jwk', key)),
  kid,
  use: 'sig',
  alg: 'ES256',
});

beforeAll(async () => {
  const make = () => crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<CryptoKeyPair>;
  [pair, other] = await Promise.all([make(), make()]);
  jwks = { keys: [await publish(pair.publicKey, 'k1')] };
});

const encode = (text: string | ArrayBuffer) =>
  Buffer.from(typeof text === 'string' ? new TextEncoder().encode(text) : new Uint8Array(text)).toString('base64url');

/** A token of these texts, signed as ES256 whatever they say. */
async function sign(
  payload: object | string = {},
  header: object | string = {},
  key: CryptoKey = pair.privateKey,
): Promise<string> {
  const text = (part: object | string, base: object) =>
    typeof part === 'string' ? part : JSON.stringify({ ...base, ...part });
  const signed = [text(header, { alg: 'ES256', typ: 'JWT', kid: 'k1' }), text(payload, CLAIMS)].map(encode).join('.');
  const data = new TextEncoder().encode(signed);
  return `${signed}.${encode(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, data))}`;
}

const verify = (token: string | null, more: Partial<VerifyEntitlementsOptions> = {}) =>
  verifyEntitlements(token, { jwks, now: NOW * 1000, ...more });

const refusal = (code: string, message: RegExp) =>
  expect.objectContaining({ name: 'PolarError', code, message: expect.stringMatching(message) });

describe('verifyEntitlements', () => {
  it('returns what the token says', async () => {
    const entitlements = await verify(await sign());

    expect(entitlements).toEqual({
      userId: 'u1',
      organizationId: 'o1',
      issuedAt: '2026-02-02T02:40:00.000Z',
      expiresAt: '2026-02-02T02:45:00.000Z',
      access: CLAIMS.access,
      tier: 'pro',
      features: CLAIMS.features,
      meters: [
        { meterId: 'm1', access: { allowed: true, reason: 'credits_left' }, remaining: 1, consumed: 2, credited: 3 },
      ],
    });
    expect(['export', 'sso', 'audit'].map((name) => hasFeature(entitlements, name))).toEqual([true, false, false]);
  });

  it('leaves out what a token without an organization and a tier does not have', async () => {
    expect(Object.keys(await verify(await sign({ org: undefined, tier: undefined })))).toEqual([
      ...['userId', 'issuedAt', 'expiresAt', 'access', 'features', 'meters'],
    ]);
  });

  it('refuses what this server did not sign', async () => {
    const [head, payload, signature = ''] = (await sign()).split('.');
    const hmac = await crypto.subtle.importKey(
      'raw',
      new TextEncoder().encode(JSON.stringify(jwks.keys[0])),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    );
    const confused = async (alg: string) => {
      const signed = `${encode(JSON.stringify({ alg, kid: 'k1' }))}.${payload}`;
      return `${signed}.${encode(await crypto.subtle.sign('HMAC', hmac, new TextEncoder().encode(signed)))}`;
    };
    const last = signature.at(-1) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // 64 bytes end with four bits that count for nothing.
    const spelledOtherwise = signature.slice(0, -1) + alphabet[alphabet.indexOf(last) ^ 1];
    const refused: [token: string, message: RegExp][] = [
      [await confused('HS256'), /not signed by ES256/],
      [await confused('ES256'), /signature of 64 bytes/],
      [`${encode('{"alg":"none"}')}.${payload}.`, /./],
      [await sign({}, {}, other.privateKey), /signature does not hold/],
      [`${head}.${encode(JSON.stringify({ ...CLAIMS, tier: 'enterprise' }))}.${signature}`, /signature does not hold/],
      [`${head}.${payload}.${spelledOtherwise}`, /not a JWT/],
      [`${head}.${payload}.${signature}=`, /not a JWT/],
      [await sign({}, { kid: 'k2' }), /not among the published ones.*jwks\.json/],
      [await sign({}, { crit: ['b64'] }), /extensions/],
      [await sign({}, { jwk: await publish(other.publicKey, 'k2') }, other.privateKey), /signature does not hold/],
      [await sign({}, '{"alg":"none","alg":"ES256","kid":"k1"}'), /header/],
      [await sign('{"sub":"admin","sub":"u1"}'), /payload/],
      ['nonsense', /not a JWT/],
    ];

    for (const [token, message] of refused) {
      await expect(verify(token), token).rejects.toEqual(refusal('TOKEN_INVALID', message));
    }
  });

  it('refuses what is signed and not for now, here or us, and says what to do', async () => {
    const expired = verify(await sign(), { now: (NOW + 300) * 1000 });
    await expect(expired).rejects.toEqual(refusal('TOKEN_EXPIRED', /Fetch a new one/));
    const refused: [change: object, field: string, message: RegExp][] = [
      [{ iss: 'elsewhere' }, 'iss', /ENTITLEMENTS_ISSUER/],
      [{ aud: 'elsewhere' }, 'aud', /ENTITLEMENTS_AUDIENCE/],
      [{ aud: ['plinto-polar'] }, 'aud', /./],
      [{ iat: NOW + 120, exp: NOW + 300 }, 'iat', /clock/],
      [{ exp: NOW + 90_000 }, 'exp', /too long/],
      [{ exp: undefined }, 'exp', /./],
      [{ version: 2 }, 'version', /another version/],
    ];

    for (const [change, field, message] of refused) {
      const error = await verify(await sign(change)).catch((caught: unknown) => caught);
      expect(error, field).toEqual(refusal('TOKEN_INVALID', message));
      expect(error).toMatchObject({ field });
    }
    expect(await verify(await sign({ iss: 'a', aud: 'b' }), { issuer: 'a', audience: 'b' })).toBeDefined();
  });

  it('takes no key of another kind, use or curve for one that checks', async () => {
    const [key] = jwks.keys;
    const token = await sign();
    for (const change of [{ kty: 'RSA' }, { crv: 'P-384' }, { use: 'enc' }, { alg: 'HS256' }, { x: 'AA' }, { y: '' }]) {
      const error = verify(token, { jwks: { keys: [{ ...key, ...change }] } });
      await expect(error).rejects.toEqual(refusal('TOKEN_INVALID', /not among the published/));
    }
  });

  it('says that there is no token, or that these are no keys', async () => {
    for (const token of [null, '']) await expect(verify(token)).rejects.toEqual(refusal('TOKEN_MISSING', /Fetch one/));
    for (const keys of [undefined, {}, { keys: 'none' }, { keys: [null] }, 'https://a.example/jwks.json']) {
      const verified = verify(await sign(), { jwks: keys as unknown as PublishedKeys });
      await expect(verified).rejects.toEqual(refusal('CONFIGURATION_INVALID', /new URL/));
    }
  });
});

describe('keys by their address', () => {
  let server: Server | undefined;
  afterEach(() => {
    vi.useRealTimers();
    server?.close();
  });

  /** Publishes keys, which may be changed, and counts who asks. */
  async function publisher() {
    const state = { asked: 0, status: 200, document: jwks as unknown };
    server = createServer((_, response) => {
      state.asked += 1;
      response.writeHead(state.status).end(JSON.stringify(state.document));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server?.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    return { state, url: new URL(`http://127.0.0.1:${port}/.well-known/jwks.json`) };
  }

  it('are fetched once for many, again after ten minutes, and kept for a day while nobody answers', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { state, url } = await publisher();
    const token = await sign();
    const check = () => verify(token, { jwks: url });

    await Promise.all(Array.from({ length: 20 }, check));
    await check();
    expect(state.asked).toBe(1);
    vi.setSystemTime(Date.now() + 11 * 60_000);
    await Promise.all([check(), check()]);
    await vi.waitFor(() => expect(state.asked).toBe(2));
    state.status = 503;
    vi.setSystemTime(Date.now() + 23 * 3_600_000);
    await check();
    await vi.waitFor(() => expect(state.asked).toBe(3));
    vi.setSystemTime(Date.now() + 2 * 3_600_000);
    await expect(check()).rejects.toEqual(refusal('NETWORK_FAILED', /answered 503/));
  });

  it('are asked for again for a name that is not known, at most every ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const { state, url } = await publisher();
    const renewed = await sign({}, { kid: 'k2' }, other.privateKey);
    await verify(await sign(), { jwks: url });

    for (let i = 0; i < 5; i++)
      await expect(verify(renewed, { jwks: url })).rejects.toMatchObject({ code: 'TOKEN_INVALID' });
    expect(state.asked).toBe(1);
    state.document = { keys: [...jwks.keys, await publish(other.publicKey, 'k2')] };
    vi.setSystemTime(Date.now() + 10_000);
    const both = [verify(renewed, { jwks: url }), verify(renewed, { jwks: url })];

    expect((await Promise.all(both)).map(({ userId }) => userId)).toEqual(['u1', 'u1']);
    expect(state.asked).toBe(2);
  });

  it('that are none, or not there, are said so with the address', async () => {
    const { state, url } = await publisher();
    state.document = { keys: 'none' };

    await expect(verify(await sign(), { jwks: url })).rejects.toEqual(
      refusal('NETWORK_FAILED', /127\.0\.0\.1.*Check the address/),
    );
  });
});
