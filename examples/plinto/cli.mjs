// Runs the stand-in from a shell: node examples/plinto/cli.mjs --port 4020 --webhook-url http://127.0.0.1:4000/polar/events/plinto
//
// PLINTO_JWT_SECRET and PLINTO_WEBHOOK_SECRET are read from the environment, since a command line can be seen by others; so is
// TEST_CLOCK, the file that holds the time of a test.
import { parseArgs } from 'node:util';
import { startPlinto } from './index.mjs';
import { testClock } from './test-clock.mjs';

const { values } = parseArgs({
  options: { port: { type: 'string', default: '4020' }, file: { type: 'string' }, 'webhook-url': { type: 'string' } },
});
const { PLINTO_JWT_SECRET: jwtSecret, PLINTO_WEBHOOK_SECRET: webhookSecret, TEST_CLOCK } = process.env;
if (!jwtSecret || !webhookSecret) {
  console.error('Set PLINTO_JWT_SECRET and PLINTO_WEBHOOK_SECRET: the same values that plinto-polar serve is given.');
  process.exit(2);
}

const plinto = await startPlinto({
  jwtSecret,
  webhookSecret,
  ...(TEST_CLOCK ? { now: testClock(TEST_CLOCK) } : {}),
  port: Number(values.port),
  ...(values.file === undefined ? {} : { file: values.file }),
  ...(values['webhook-url'] === undefined ? {} : { webhookUrl: values['webhook-url'] }),
});
console.log(`listening on ${plinto.url}`);

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, async () => {
    await plinto.stop();
    process.exit(0);
  });
}
