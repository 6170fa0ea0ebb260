// `npx @plinto/polar`, from the packed tarball in an empty folder: nothing else is installed or set up.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Child } from '../../scripts/lib/child.mjs';
import { run } from '../../scripts/lib/run.mjs';
import { installTarball } from './installed-app.mjs';

let parent;
let folder;
before(async () => {
  parent = mkdtempSync(join(tmpdir(), 'plinto-polar-npx-'));
  folder = join(parent, 'empty');
  mkdirSync(folder);
  await installTarball(parent, folder);
});
after(() => rmSync(parent, { recursive: true, force: true }));

const npx = ['npx', '--offline', '@plinto/polar'];

describe('in an empty folder', () => {
  it('comes to the first signed webhook of the emulator in less than five seconds', async () => {
    const begun = performance.now();
    const { promise: delivered, resolve } = withResolvers();
    const receiver = createServer(async (request, response) => {
      const body = Buffer.concat(await request.toArray()).toString();
      resolve({ headers: request.headers, body });
      response.writeHead(202).end();
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const hook = `http://127.0.0.1:${receiver.address().port}/webhooks`;
    const child = new Child('npx', [...npx, 'emulate', '--port', '0', '--webhook-url', hook], { cwd: folder });
    try {
      const [, token] = await child.line(/^access token: +(\S+)/);
      const [, secret] = await child.line(/^webhook secret: +(\S+)/);
      const [, url] = await child.line(/^listening on (\S+)/);
      const answer = await fetch(`${url}/v1/customers/`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'ada@example.com' }),
      });
      assert.equal(answer.status, 201);

      const { headers, body } = await delivered;

      const seconds = (performance.now() - begun) / 1_000;
      new Webhook(Buffer.from(secret).toString('base64')).verify(body, headers);
      assert.match(JSON.parse(body).type, /^(customer|member)\.created$/);
      assert.ok(seconds < 5, `it took ${seconds.toFixed(1)} s`);
    } finally {
      await child.stop();
      receiver.closeAllConnections();
      receiver.close();
    }
  });

  it('says what commands there are, and which version it is', async () => {
    const [program, ...args] = npx;
    const help = await run(program, [...args, '--help'], { cwd: folder, quiet: true });
    assert.match(help, /^Usage: npx @plinto\/polar <command>/m);
    assert.match(help, /^ {2}emulate /m);
    assert.match(
      await run(program, [...args, '--version'], { cwd: folder, quiet: true }),
      /^@plinto\/polar \d+\.\d+\.\d+\n$/,
    );
  });
});

function withResolvers() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
