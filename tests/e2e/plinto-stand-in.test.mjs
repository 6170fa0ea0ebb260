// The stand-in answers as Plinto does: tokens, membership, refusals, and webhooks that are sent until they are taken. So does
// examples/plinto-api, which takes its place in other tests.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { signPlintoWebhook, startPlinto } from '../../dist/js/plinto/index.js';
import { plintoApi } from '../../scripts/lib/plinto-api.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { newSecret, runPlintoApi } from './support/plinto-api.mjs';

const secrets = { jwtSecret: 'a secret of the tests, 32 bytes!', webhookSecret: 'another secret of the tests' };
const ada = { name: 'Ada Lovelace', email: 'ada@engines.test', password: 'difference engine' };

const ending = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

/** Both keep what they know in a file of the folder, and send their events to `server`, of which nobody listens by default. */
const plintos = {
  'the stand-in': {
    file: 'plinto.json',
    start: async ({ folder, server }) => {
      const webhookUrl = server && `${server}/api/v1/polar/events/plinto`;
      const file = folder && join(folder, 'plinto.json');
      return startPlinto({ ...secrets, ...(file && { file }), ...(webhookUrl && { webhookUrl }) });
    },
  },
  'examples/plinto-api': {
    file: 'plinto-api.db',
    start: async ({ folder = newFolder(), server = 'http://127.0.0.1:9' }) => {
      const [port] = await freePorts(1);
      const api = await runPlintoApi(
        { port, folder },
        {
          PLINTO_JWT_SECRET: secrets.jwtSecret,
          PLINTO_WEBHOOK_SECRET: secrets.webhookSecret,
          POLAR_SERVER_URL: server,
          POLAR_SERVICE_KEY: 'plinto_sk_of_the_tests',
          APP_WEBHOOK_SECRET: newSecret(),
        },
      );
      return { url: `http://127.0.0.1:${port}`, stop: () => api.stop() };
    },
  },
};

function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'plinto-polar-'));
  ending.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

for (const [name, { file, start: startOne }] of Object.entries(plintos)) {
  describe(name, () => {
    async function start(options = {}) {
      const plinto = await startOne(options);
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
        const folder = newFolder();
        const { api, stop } = await start({ folder });
        await api.signUp(ada);

        await assert.rejects(api.signIn({ ...ada, password: 'analytical engine' }), /401.*INVALID_CREDENTIALS/);
        assert.ok((await api.signIn(ada)).access_token);
        assert.ok(!readFileSync(join(folder, file), 'latin1').includes(ada.password));

        await stop();
        const { api: another } = await start({ folder });
        assert.ok((await another.signIn(ada)).access_token, 'the file was not read back');
      });

      it('end with the sign-out, and a refresh token is good once', async () => {
        const { api, url } = await start();
        const { access_token: token, refresh_token: refresh } = await api.signUp(ada);
        const post = async (path, body) => {
          const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
          const answer = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
          return { status: answer.status, body: await answer.json() };
        };

        const renewed = await post('/auth/refresh', { refresh_token: refresh });
        const again = await post('/auth/refresh', { refresh_token: refresh });
        const asAccess = await post('/auth/refresh', { refresh_token: token });
        assert.equal((await api.organizations(renewed.body.access_token)).length, 0);
        assert.deepEqual(
          [again, asAccess].map(({ status, body }) => [status, body.error.code]),
          [
            [401, 'TOKEN_INVALID'],
            [401, 'TOKEN_INVALID'],
          ],
        );

        assert.equal((await post('/auth/signout')).status, 200);
        await assert.rejects(api.organizations(token), /401.*TOKEN_INVALID/);
        await assert.rejects(api.organizations(refresh), /401.*TOKEN_INVALID/);
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
          received.push({ body, headers: request.headers, url: request.url });
          response.writeHead(received.length < 3 ? 503 : 202).end();
        }).listen(0, '127.0.0.1');
        await once(receiver, 'listening');
        ending.push(() => receiver.close());
        const { api, webhookLog } = await start({ server: `http://127.0.0.1:${receiver.address().port}` });

        await api.signUp(ada);

        await waitFor('the third attempt', () => received.length === 3);
        if (webhookLog) {
          const last = { attempt: 3, status: 202 };
          const log = await waitFor('its answer', () => webhookLog().length === 3 && webhookLog());
          assert.deepEqual(
            log.map(({ attempt, status }) => ({ attempt, status })),
            [{ attempt: 1, status: 503 }, { attempt: 2, status: 503 }, last],
          );
        }
        const [{ body, headers, url }] = received;
        assert.equal(url, '/api/v1/polar/events/plinto');
        assert.equal(headers['x-webhook-signature'], signPlintoWebhook(body, secrets.webhookSecret));
        const event = JSON.parse(body);
        assert.equal(event.type, 'user.created');
        assert.equal(event.data.email, ada.email);
        assert.ok(!body.includes('password'));
        assert.equal(new Set(received.map((one) => one.headers['x-webhook-id'])).size, 1);
      });
    });
  });
}
