// What access checks ask of others, counted over 10,000 of them. `npm run test:full -- --only access`
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { freePorts } from '../../scripts/lib/ports.mjs';
import { waitFor } from '../../scripts/lib/wait.mjs';
import { startWorld } from '../e2e/support/world.mjs';
import { sized } from './chance.mjs';

const checks = sized(10_000);
const clients = 16;

let world;
let metricsUrl;
before(async () => {
  const [port] = await freePorts(1);
  metricsUrl = `http://127.0.0.1:${port}/metrics`;
  const serverEnv = { METRICS_PORT: String(port), RATE_LIMIT_PER_USER: '0', LOG_LEVEL: 'warn' };
  world = await startWorld({ serverEnv });
});
after(() => world?.stop());

/** Calls made to Polar or to Plinto since the start, whatever came of them. */
async function callsTo(whom) {
  const text = await (await fetch(metricsUrl)).text();
  const counts = [...text.matchAll(/^plinto_polar_upstream_requests_total\{(.*)\} (\d+)$/gm)];
  return counts
    .filter(([, labels]) => labels.includes(`to="${whom}"`))
    .reduce((sum, [, , count]) => sum + Number(count), 0);
}

/** Resolves once Polar was asked nothing for three seconds: what the sign-ups set off is done. */
async function comeToRest() {
  let last = -1;
  let since = 0;
  await waitFor('Polar at rest', async () => {
    const calls = await callsTo('polar');
    if (calls !== last) since = Date.now();
    last = calls;
    return Date.now() - since >= 3_000;
  });
}

const agent = new Agent({ keepAlive: true });
const ask = (path) =>
  new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${world.tokens.owner}` };
    const sent = request(`${world.urls.server}/api/v1/polar${path}`, { agent, headers }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve(answer.statusCode));
    });
    sent.on('error', reject);
    sent.end();
  });

describe(`${checks} access checks`, () => {
  it('ask Polar nothing, and Plinto once a minute whether a membership still holds', async () => {
    const paths = ['/access', `/access?organization_id=${world.organizationId}`];
    for (const path of paths) assert.equal(await ask(path), 200);
    await comeToRest();
    const before = { polar: await callsTo('polar'), plinto: await callsTo('plinto') };
    const started = Date.now();

    let asked = 0;
    const client = async () => {
      while (asked < checks) assert.equal(await ask(paths[asked++ % paths.length]), 200);
    };
    await Promise.all(Array.from({ length: clients }, client));

    const seconds = (Date.now() - started) / 1_000;
    const polar = (await callsTo('polar')) - before.polar;
    const plinto = (await callsTo('plinto')) - before.plinto;
    console.log(`${asked} checks in ${seconds.toFixed(1)} s: ${polar} requests to Polar, ${plinto} to Plinto`);
    assert.equal(polar, 0);
    assert.ok(plinto <= Math.ceil(seconds / 60));
  });
});
