// The demo's page and the demo's steps, with examples/plinto-api in the place of the stand-in and in front of the server.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { Child } from '../../scripts/lib/child.mjs';
import { checkDemo } from '../../scripts/lib/demo-check.mjs';
import { createPeople } from '../../scripts/lib/demo-people.mjs';
import { EmulatorClient } from '../../scripts/lib/emulator.mjs';
import { at, pricingPage, vite } from '../../scripts/lib/paths.mjs';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { node } from '../../scripts/lib/run.mjs';
import { startPlintoApi } from './support/plinto-api.mjs';

describe('the demo in Chromium', () => {
  let world;
  let page;
  let pageUrl;
  before(async () => {
    const [port] = await freePorts(1);
    pageUrl = `http://127.0.0.1:${port}`;
    const shop = (name) => JSON.parse(readFileSync(at(`examples/pricing-page/shop/${name}.json`), 'utf8'));
    world = await startPlintoApi({
      catalog: shop('polar'),
      products: shop('products'),
      origins: [pageUrl],
      plans: { starter: 'pro', pro: 'pro', team: 'enterprise' },
    });
    page = new Child(
      'the page',
      [node, vite, 'preview', pricingPage, '--host', '127.0.0.1', '--port', String(port), '--strictPort'],
      // The API alone: whatever the page asks of billing goes through it.
      { env: { PLINTO_URL: world.url, POLAR_SERVER_URL: world.url } },
    );
    await page.line(/http:\/\/127\.0\.0\.1/);
  });
  after(async () => {
    await page?.stop();
    await world?.stop();
  });

  it('sees every step with the API in place of the stand-in, all of billing through it', async () => {
    const people = await createPeople(world.url);
    const stack = {
      urls: { page: pageUrl, emulator: world.stack.polar.url },
      emulator: new EmulatorClient(world.stack.polar.url, world.stack.polar.accessToken),
      server: { tail: () => world.lines.slice(-30).join('\n') },
    };

    assert.equal(await checkDemo(stack, people, {}), 0);
  });
});
