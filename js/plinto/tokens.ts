// Access and refresh tokens with the claims Plinto gives at sign-in, signed HS256.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

export const issuer = 'https://plinto.dev';
export const audience = 'plinto.dev';

/** What is in a token. A test may put anything else into one. */
export type Claims = Record<string, unknown>;

/** Whom a token is for, and for how long. */
export interface TokenWishes {
  userId: string;
  type: 'access' | 'refresh';
  lifetimeSeconds: number;
  nowSeconds?: number | undefined;
  organizationId?: string | undefined;
}

/** The claims of one token. `tid` is the text `None` for a user without a tenant: that is what Plinto writes. */
export function claimsFor({
  userId,
  type,
  lifetimeSeconds,
  nowSeconds = Math.floor(Date.now() / 1000),
  organizationId,
}: TokenWishes): Claims & { sub: string; jti: string } {
  return {
    sub: userId,
    tid: 'None',
    jti: randomUUID(),
    type,
    exp: nowSeconds + lifetimeSeconds,
    iat: nowSeconds,
    iss: issuer,
    aud: audience,
    ...(organizationId === undefined ? {} : { org: organizationId }),
  };
}

/** Signs the claims. A test may sign claims of its own, for instance expired ones. */
export function signToken(claims: Claims, secret: string): string {
  const head = encode({ alg: 'HS256', typ: 'JWT' });
  const body = encode(claims);
  return `${head}.${body}.${signature(`${head}.${body}`, secret)}`;
}

/** Returns the claims of a valid token of this type, or null. */
export function verifyToken(
  token: string,
  type: TokenWishes['type'],
  secret: string,
  nowSeconds = Math.floor(Date.now() / 1000),
): Claims | null {
  const [head, body, given, ...rest] = token.split('.');
  if (head === undefined || body === undefined || given === undefined || rest.length > 0) return null;
  if (decode(head)?.alg !== 'HS256') return null;
  const expected = Buffer.from(signature(`${head}.${body}`, secret));
  const actual = Buffer.from(given);
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return null;
  const claims = decode(body);
  if (claims === null || claims.type !== type || claims.iss !== issuer || claims.aud !== audience) return null;
  return typeof claims.exp === 'number' && claims.exp > nowSeconds ? claims : null;
}

const signature = (text: string, secret: string): string =>
  createHmac('sha256', secret).update(text).digest('base64url');
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function decode(part: string): Claims | null {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
