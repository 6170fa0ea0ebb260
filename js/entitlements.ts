// Checks entitlement tokens offline: the signature by WebCrypto, everything else by the core (entitlement_token.h).
import { asPolarError, fail } from './errors.js';
import type { Access, FeatureAccess, MeterAccess } from './generated/types.js';
import { findKeys, importKey, type PublishedKeys } from './jwks.js';
import { toCamel } from './spelling.js';
import { unwrap } from './wasm/envelope.js';
import type { LoadOptions } from './wasm/loader.js';
import { loadWebhooks } from './webhook-verify.js';

/** What `verifyEntitlements` takes beside the token. `wasm` is `@plinto/polar/webhooks.wasm`, where it must be given. */
export interface VerifyEntitlementsOptions extends LoadOptions {
  /**
   * The keys that the server publishes, or the address of its `/.well-known/jwks.json`. From there they are fetched once and
   * kept: asked for again after ten minutes, or for a key that is not known, and good for a day while the server is away.
   */
  jwks: PublishedKeys | URL;
  /** The server's ENTITLEMENTS_ISSUER. Default: `plinto-polar`, as its own. */
  issuer?: string | undefined;
  /** The server's ENTITLEMENTS_AUDIENCE. Default: `plinto-polar`, as its own. */
  audience?: string | undefined;
  /** The time to check against, in Unix milliseconds. Default: now. */
  now?: number | undefined;
}

/** What a token says: whose entitlements, and what they may use. */
export interface Entitlements {
  /** The Plinto user who asked, or whose entitlements these are. */
  userId: string;
  /** The Plinto organization whose entitlements these are; absent for the user's own. */
  organizationId?: string;
  /** When it was signed. */
  issuedAt: string;
  /** When it is to be fetched anew: never later than the first access in it ends. */
  expiresAt: string;
  /** Of the plan. */
  access: Access;
  /** What the customer is now; absent without a plan. */
  tier?: string;
  features: FeatureAccess[];
  /** As of `issuedAt`. */
  meters: MeterAccess[];
}

interface Claims extends Pick<Entitlements, 'access' | 'tier' | 'features' | 'meters'> {
  sub: string;
  org?: string;
  iat: number;
  exp: number;
}

/**
 * Verifies a token of `GET /entitlements/token` and returns what it says, without asking anybody. Rejects with TOKEN_MISSING;
 * TOKEN_INVALID, naming what is wrong; TOKEN_EXPIRED; CONFIGURATION_INVALID and NETWORK_FAILED, about the keys;
 * CORE_LOAD_FAILED.
 */
export async function verifyEntitlements(
  token: string | null | undefined,
  options: VerifyEntitlementsOptions,
): Promise<Entitlements> {
  const { jwks, issuer = 'plinto-polar', audience = 'plinto-polar', now = Date.now() } = options;
  try {
    if (!token) return refuse('There is no entitlement token. Fetch one by GET /entitlements/token.', 'TOKEN_MISSING');
    const core = await loadWebhooks(options);
    const kid = unwrap<string>(core.readTokenHead(token));
    await checkSignature(token, jwks, kid);
    const claims = toCamel(unwrap<object>(core.readEntitlementToken(token, issuer, audience, now))) as Claims;
    const { sub, org, iat, exp, access, tier, features, meters } = claims;
    return {
      userId: sub,
      ...(org !== undefined && { organizationId: org }),
      issuedAt: new Date(iat * 1000).toISOString(),
      expiresAt: new Date(exp * 1000).toISOString(),
      access,
      ...(tier !== undefined && { tier }),
      features,
      meters,
    };
  } catch (error) {
    throw asPolarError(error);
  }
}

/** Whether a feature may be used, by a token's word. */
export function hasFeature({ features }: Pick<Entitlements, 'features'>, feature: string): boolean {
  return features.some((one) => one.feature === feature && one.access.allowed);
}

async function checkSignature(token: string, jwks: PublishedKeys | URL, kid: string): Promise<void> {
  const end = token.lastIndexOf('.');
  const signed = new TextEncoder().encode(token.slice(0, end));
  const signature = bytesOf(token.slice(end + 1));
  const found = await findKeys(jwks, kid);
  const keys = (await Promise.all(found.map(importKey))).filter((key) => key !== undefined);
  if (keys.length === 0) {
    refuse(
      'The entitlement token names a key that is not among the published ones. Pass the keys of the server that signed it (/.well-known/jwks.json); it has new ones every 30 days.',
    );
  }
  const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
  const verdicts = await Promise.all(keys.map((key) => crypto.subtle.verify(algorithm, key, signature, signed)));
  if (verdicts.includes(true)) return;
  refuse(
    "The entitlement token's signature does not hold: it was altered, or signed by another server. Fetch a new one.",
  );
}

/** Of base64url that the core has read before. */
const bytesOf = (text: string) =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (letter) => letter.charCodeAt(0));

const refuse = (message: string, code = 'TOKEN_INVALID') => fail({ code, family: 'caller', message });
