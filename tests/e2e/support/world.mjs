// The running application that these tests talk to: real server, emulator and Plinto stand-in, three people, no page.
import assert from 'node:assert/strict';
import { createPeople, member, owner } from '../../../scripts/lib/demo-people.mjs';
import { plintoApi } from '../../../scripts/lib/plinto-api.mjs';
import { startStack } from '../../../scripts/lib/stack.mjs';
import { FlakyLink } from './flaky-link.mjs';

export async function startWorld({ serverEnv, onLine } = {}) {
  let link;
  const polarUrl = async (url) => {
    link = await FlakyLink.to(url);
    return link.url;
  };
  const stack = await startStack({
    polarUrl,
    ...(serverEnv === undefined ? {} : { serverEnv }),
    ...(onLine === undefined ? {} : { onLine }),
  });
  const people = await createPeople(stack.urls.plinto);
  const plinto = plintoApi(stack.urls.plinto);
  const stranger = await plinto.signUp({ name: 'Sam Stranger', email: 'sam@else.test', password: 'nobody knows me' });
  const tokenOf = async (account) => (await plinto.signIn(account)).access_token;

  return {
    ...stack,
    ...people,
    link,
    tokens: { owner: await tokenOf(owner), member: await tokenOf(member), stranger: stranger.access_token },
    call: (method, path, options) => call(`${stack.urls.server}/api/v1/polar`, method, path, options),
    /** The same below another mount, such as `/t/acme/polar`. */
    callAt: (mount, method, path, options) => call(stack.urls.server + mount, method, path, options),
    stop: async () => {
      const codes = await stack.stop();
      await link.stop();
      return codes;
    },
  };
}

/**
 * Calls the gateway. `body` is sent as JSON, or as it is when it is text or bytes.
 * @returns {Promise<{ status: number, body: any, headers: Headers, seconds: number }>}
 */
async function call(base, method, path, { token, body, headers = {} } = {}) {
  const started = performance.now();
  const answer = await fetch(base + path, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) }),
    signal: AbortSignal.timeout(30_000),
  });
  const text = await answer.text();
  const seconds = (performance.now() - started) / 1000;
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text), headers: answer.headers, seconds };
}

const isRaw = (body) => typeof body === 'string' || body instanceof Uint8Array;

/** Asserts one refusal in full: status, code, field, and a message that is meant for people. */
export function assertRefused(answer, status, code, field) {
  const { error } = answer.body ?? {};
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.equal(error.code, code, error.message);
  if (field !== undefined) assert.equal(error.details?.field, field, JSON.stringify(error));
  assert.match(error.message, /\w+ \w+/);
  assert.ok(error.request_id, 'the refusal has no request_id');
}
