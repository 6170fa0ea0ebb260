// GET /metrics on its own address: what Prometheus reads there, and that the public address has none of it.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startWorld } from './support/world.mjs';

let world;
let metricsUrl;
before(async () => {
  const [port] = await freePorts(1);
  metricsUrl = `http://127.0.0.1:${port}/metrics`;
  world = await startWorld({ serverEnv: { METRICS_PORT: String(port) } });
});
after(() => world?.stop());

/** The value of one series. */
async function value(series) {
  const text = await (await fetch(metricsUrl)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length + 1));
}

describe('the metrics', () => {
  it('count requests by route and status, calls to Polar, and what waits', async () => {
    assert.equal((await world.call('GET', '/products')).status, 200);
    assert.equal((await world.call('GET', '/customer/data')).status, 401);
    assert.equal((await world.call('GET', '/no/such/route')).status, 404);

    const answer = await fetch(metricsUrl);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
    const requests = (method, route, status) =>
      value(`plinto_polar_http_requests_total{method="${method}",route="${route}",status="${status}"}`);
    assert.equal(await requests('GET', '/products', 200), 1);
    assert.equal(await requests('GET', '/customer/data', 401), 1);
    assert.equal(await requests('GET', 'other', 404), 1);
    assert.ok((await value('plinto_polar_upstream_requests_total{status="200",to="polar"}')) >= 1);
    assert.ok((await value('process_resident_memory_bytes')) > 1e6);
    await waitFor('an empty inbox', async () => {
      return (await value('plinto_polar_queue_rows{queue="inbox",state="waiting"}')) === 0;
    });
  });

  it('are not on the public address', async () => {
    for (const path of ['/metrics', '/polar/metrics', '/api/v1/polar/metrics']) {
      assert.equal((await fetch(`${world.urls.server}${path}`)).status, 404, path);
    }
    assert.equal((await fetch(metricsUrl.replace('/metrics', '/healthz'))).status, 404);
    assert.equal((await fetch(metricsUrl, { method: 'POST' })).status, 405);
  });
});
