// The part of Plinto's API that an application with billing meets: sign-up, sign-in, the user, organizations.
import type { IncomingMessage } from 'node:http';
import { type Directory, type Organization, roles, type User } from './directory.js';
import { Refusal, readJson, requireText } from './http.js';
import { hashPassword, passwordMatches } from './passwords.js';
import { type Claims, claimsFor, signToken, type TokenWishes, verifyToken } from './tokens.js';
import type { WebhookSender } from './webhooks.js';

const refreshLifetimeSeconds = 7 * 24 * 3600;

interface Answer {
  status: number;
  body: unknown;
}
type Handle = (request: IncomingMessage, id: string) => Answer | Promise<Answer>;

interface World {
  directory: Directory;
  webhooks: WebhookSender;
  jwtSecret: string;
  accessTokenSeconds: number;
  now: () => number;
}

/** Returns what answers a request, by its path below the API's prefix. Rejects with a Refusal. */
export function createRoutes({
  directory,
  webhooks,
  jwtSecret,
  accessTokenSeconds,
  now,
}: World): (request: IncomingMessage, path: string) => Promise<Answer> {
  const nowSeconds = () => Math.floor(now() / 1000);
  const routes: readonly [method: string, path: RegExp, handle: Handle][] = [
    ['POST', /^\/auth\/(?:signup|register)$/, signUp],
    ['POST', /^\/auth\/(?:signin|login)$/, signIn],
    ['POST', /^\/auth\/refresh$/, refresh],
    ['POST', /^\/auth\/(?:signout|logout)$/, signOut],
    ['GET', /^\/users\/me$/, (request) => ({ status: 200, body: userView(caller(request)) })],
    ['GET', /^\/organizations\/?$/, listOrganizations],
    ['POST', /^\/organizations\/?$/, createOrganization],
    ['GET', /^\/organizations\/([^/]+)$/, getOrganization],
    ['POST', /^\/organizations\/([^/]+)\/members$/, addMember],
  ];

  async function signUp(request: IncomingMessage): Promise<Answer> {
    const body = await readJson(request);
    const email = requireText(body, 'email', { most: 254 });
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) {
      throw new Refusal(422, 'VALIDATION_ERROR', 'email must be an e-mail address.', { field: 'email' });
    }
    const password = requireText(body, 'password', { least: 8 });
    const name = requireText(body, 'name');
    if (directory.userByEmail(email) !== null) {
      throw new Refusal(400, 'EMAIL_TAKEN', 'This e-mail address has an account. Sign in instead.', { field: 'email' });
    }
    const organizationName = body.organization_name === undefined ? null : requireText(body, 'organization_name');
    const user = directory.addUser({ email, passwordHash: await hashPassword(password), name });
    webhooks.send('user.created', userView(user));
    if (organizationName !== null) foundOrganization(organizationName, user);
    return { status: 200, body: session(user) };
  }

  async function signIn(request: IncomingMessage): Promise<Answer> {
    const body = await readJson(request);
    const user = directory.userByEmail(requireText(body, 'email', { most: 254 }));
    const password = requireText(body, 'password');
    if (user === null || !(await passwordMatches(password, user.password_hash))) {
      throw new Refusal(401, 'INVALID_CREDENTIALS', 'The e-mail address or the password is wrong.');
    }
    directory.signedIn(user);
    return { status: 200, body: session(user) };
  }

  async function refresh(request: IncomingMessage): Promise<Answer> {
    const token = requireText(await readJson(request), 'refresh_token', { most: 4096 });
    const claims = verifyToken(token, 'refresh', jwtSecret, nowSeconds());
    const user =
      claims === null || directory.isRevoked(String(claims.jti)) ? null : directory.userById(String(claims.sub));
    if (user === null)
      throw new Refusal(401, 'TOKEN_INVALID', 'The refresh token is invalid or expired. Sign in again.');
    directory.revoke(String(claims?.jti));
    return { status: 200, body: tokens(user) };
  }

  function signOut(request: IncomingMessage): Answer {
    directory.revoke(String(callerClaims(request).jti));
    return { status: 200, body: { message: 'Successfully signed out' } };
  }

  function listOrganizations(request: IncomingMessage): Answer {
    const user = caller(request);
    return { status: 200, body: directory.organizationsOf(user.id).map((it) => organizationView(it, user)) };
  }

  async function createOrganization(request: IncomingMessage): Promise<Answer> {
    const user = caller(request);
    const organization = foundOrganization(requireText(await readJson(request), 'name'), user);
    return { status: 200, body: organizationView(organization, user) };
  }

  function getOrganization(request: IncomingMessage, id: string): Answer {
    const user = caller(request);
    return { status: 200, body: organizationView(organizationFor(user, id), user) };
  }

  async function addMember(request: IncomingMessage, id: string): Promise<Answer> {
    const user = caller(request);
    const organization = organizationFor(user, id);
    if (organization.owner_id !== user.id && directory.roleOf(id, user.id) !== 'admin') {
      throw new Refusal(403, 'FORBIDDEN', 'Insufficient permissions');
    }
    const body = await readJson(request);
    const role = requireText(body, 'role');
    if (!roles.includes(role)) {
      throw new Refusal(422, 'VALIDATION_ERROR', `role must be one of ${roles.join(', ')}.`, { field: 'role' });
    }
    const member = directory.userByEmail(requireText(body, 'email', { most: 254 }));
    if (member === null) throw new Refusal(404, 'NOT_FOUND', 'No user has this e-mail address.', { field: 'email' });
    directory.addMember(id, member.id, role);
    return { status: 201, body: { organization_id: id, user_id: member.id, role } };
  }

  function foundOrganization(name: string, owner: User): Organization {
    const organization = directory.addOrganization({ name, owner });
    webhooks.send('organization.created', organizationView(organization, owner));
    return organization;
  }

  function organizationFor(user: User, id: string): Organization {
    const organization = directory.organizationById(id);
    if (organization === null) throw new Refusal(404, 'NOT_FOUND', 'Organization not found');
    if (directory.roleOf(id, user.id) === null)
      throw new Refusal(403, 'FORBIDDEN', 'Not a member of this organization');
    return organization;
  }

  function organizationView(organization: Organization, user: User) {
    return {
      ...organization,
      member_count: directory.memberCount(organization.id),
      is_owner: organization.owner_id === user.id,
      user_role: directory.roleOf(organization.id, user.id),
    };
  }

  function session(user: User) {
    return { ...tokens(user), user: userView(user) };
  }

  function tokens(user: User) {
    const who = { userId: user.id, nowSeconds: nowSeconds() };
    const access: TokenWishes = { ...who, type: 'access', lifetimeSeconds: accessTokenSeconds };
    const refresh: TokenWishes = { ...who, type: 'refresh', lifetimeSeconds: refreshLifetimeSeconds };
    return {
      access_token: signToken(claimsFor(access), jwtSecret),
      refresh_token: signToken(claimsFor(refresh), jwtSecret),
      token_type: 'bearer',
      expires_in: accessTokenSeconds,
    };
  }

  function callerClaims(request: IncomingMessage): Claims {
    const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    if (token === undefined) throw new Refusal(401, 'TOKEN_MISSING', 'Send a bearer token.');
    const claims = verifyToken(token, 'access', jwtSecret, nowSeconds());
    if (claims === null || directory.isRevoked(String(claims.jti))) {
      throw new Refusal(401, 'TOKEN_INVALID', 'The access token is invalid or expired.');
    }
    return claims;
  }

  function caller(request: IncomingMessage): User {
    const user = directory.userById(String(callerClaims(request).sub));
    if (user === null) throw new Refusal(401, 'TOKEN_INVALID', 'The user of this token no longer exists.');
    return user;
  }

  return async (request, path) => {
    const known = routes.filter(([, pattern]) => pattern.test(path));
    if (known.length === 0) throw new Refusal(404, 'NOT_FOUND', 'Not Found');
    const route = known.find(([method]) => method === request.method);
    if (route === undefined) throw new Refusal(405, 'METHOD_NOT_ALLOWED', 'Method Not Allowed');
    const [, pattern, handle] = route;
    return handle(request, pattern.exec(path)?.[1] ?? '');
  };
}

function userView(user: User): Omit<User, 'password_hash'> {
  const { password_hash: _, ...shown } = user;
  return shown;
}
