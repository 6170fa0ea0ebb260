// The stand-in answers as Plinto does: tokens, membership, refusals, and webhooks that are sent until they are taken.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { signPlintoWebhook, startPlinto } from '../../dist/js/plinto/index.js';
import { plintoApi } from '../../scripts/lib/plinto-api.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';

const secrets = { jwtSecret: 'a secret of the tests, 32 bytes', webhookSecret: 'another secret' };
const ada = { name: 'Ada Lovelace', email: 'ada@engines.test', password: 'difference engine' };

const ending = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function start(options = {}) {
  const plinto = await startPlinto({ ...secrets, ...options });
  ending.push(plinto.stop);
  return { ...plinto, api: plintoApi(plinto.url) };
}

describe('tokens', () => {
  it('carry exactly the claims that Plinto gives', async () => {
    const { api } = await start();

    const { access_token: token, expires_in: lifetime, user } = await api.signUp(ada);

    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
    assert.deepEqual(Object.keys(claims).sort(), ['aud', 'exp', 'iat', 'iss', 'jti', 'sub', 'tid', 'type']);
    assert.equal(claims.sub, user.id);
    assert.equal(claims.iss, 'https://plinto.dev');
    assert.equal(claims.aud, 'plinto.dev');
    assert.equal(claims.type, 'access');
    assert.equal(claims.exp - claims.iat, lifetime);
    assert.equal(lifetime, 900);
  });

  it('are given for the right password only, and passwords are kept as hashes', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-'));
    ending.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'plinto.json');
    const { api } = await start({ file });
    await api.signUp(ada);

    await assert.rejects(api.signIn({ ...ada, password: 'analytical engine' }), /401.*INVALID_CREDENTIALS/);
    assert.ok((await api.signIn(ada)).access_token);
    assert.ok(!readFileSync(file, 'utf8').includes(ada.password));

    const { api: another } = await start({ file });
    assert.ok((await another.signIn(ada)).access_token, 'the file was not read back');
  });
});

describe('organizations', () => {
  it('tell an owner, a member and a stranger apart', async () => {
    const { api, url } = await start();
    const owner = await api.signUp({ ...ada, organization_name: 'Engines' });
    const other = await api.signUp({ ...ada, email: 'charles@engines.test' });
    const [organization] = await api.organizations(owner.access_token);
    const look = async ({ access_token: token }) => {
      const headers = { authorization: `Bearer ${token}` };
      const answer = await fetch(`${url}/api/v1/organizations/${organization.id}`, { headers });
      return { status: answer.status, body: await answer.json() };
    };

    const asStranger = await look(other);
    await api.addMember(owner.access_token, organization.id, { email: 'charles@engines.test', role: 'viewer' });
    const [asOwner, asViewer] = [await look(owner), await look(other)];

    assert.equal(asStranger.status, 403);
    assert.deepEqual(Object.keys(asStranger.body.error).sort(), ['code', 'message', 'request_id', 'timestamp']);
    assert.equal(asOwner.body.is_owner, true);
    assert.deepEqual([asViewer.body.is_owner, asViewer.body.user_role], [false, 'viewer']);
  });
});

describe('webhooks', () => {
  it('are signed over their bytes and sent again until they are taken', async () => {
    const received = [];
    const receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      received.push({ body, headers: request.headers });
      response.writeHead(received.length < 3 ? 503 : 202).end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    ending.push(() => receiver.close());
    const { api, webhookLog } = await start({ webhookUrl: `http://127.0.0.1:${receiver.address().port}/events` });

    await api.signUp(ada);

    await waitFor('the third attempt', () => webhookLog().length === 3);
    assert.deepEqual(
      webhookLog().map(({ attempt, status }) => [attempt, status]),
      [
        [1, 503],
        [2, 503],
        [3, 202],
      ],
    );
    const [{ body, headers }] = received;
    assert.equal(headers['x-webhook-signature'], signPlintoWebhook(body, secrets.webhookSecret));
    const event = JSON.parse(body);
    assert.equal(event.type, 'user.created');
    assert.equal(event.data.email, ada.email);
    assert.ok(!body.includes('password'));
    assert.equal(new Set(received.map((one) => one.headers['x-webhook-id'])).size, 1);
  });
});
