// Shows the whole path on this machine: a pricing page, Plinto's stand-in, the server, and Polar as the emulator.
//
//   npm run demo                               prints the address and two sign-ins; Ctrl-C stops everything
//   npm run demo -- --check                    drives the path in headless Chromium; exits 0 only if every step was seen
//   npm run demo -- --check --screenshots DIR  and keeps a picture of each page
//   npm run demo -- --no-build                 uses what is built already
import { parseArgs } from 'node:util';
import { checkDemo } from './lib/demo-check.mjs';
import { createPeople, member, organizationName, owner } from './lib/demo-people.mjs';
import { made, need, things } from './lib/needs.mjs';
import { pricingPage } from './lib/paths.mjs';
import { AlreadySaid, prepare } from './lib/prepare.mjs';
import { bold, missed, say, stage } from './lib/say.mjs';
import { startStack } from './lib/stack.mjs';

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    screenshots: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
    junit: { type: 'string' },
  },
});

let stack;
let ending;

/** Stops everything once, whatever asked for it first, and ends with the code that the first one gave. */
function end(code, reason) {
  ending ??= (async () => {
    if (reason !== undefined) missed(reason);
    await stack?.stop();
    process.exit(code);
  })();
  return ending;
}

process.on('SIGINT', () => {
  if (ending === undefined) say('\nStopping.');
  void end(options.check ? 130 : 0);
});
process.on('SIGTERM', () => void end(options.check ? 143 : 0));

try {
  if (options['no-build']) {
    const built = ['build/native/bin/plinto-polar', 'examples/pricing-page/dist/index.html'];
    need('demo', things.modules, ...built.map((path) => made(path, 'npm run build')));
  } else {
    await prepare('demo', ['--demo']);
  }
  if (options.check) need('demo', things.chromium);
  stage('Starting');
  stack = await startStack({
    seed: `${pricingPage}/shop/polar.json`,
    serverEnv: { PRODUCTS: `${pricingPage}/shop/products.json` },
    page: pricingPage,
    onStart: (name, url) => say(`        ${name.padEnd(22)} ${url}`),
    onDeath: (error) => void end(1, error.message),
  });
  const people = await createPeople(stack.urls.plinto);

  if (options.check) {
    stage('Checking');
    const missing = await checkDemo(stack, people, { screenshots: options.screenshots, junit: options.junit });
    await end(missing === 0 ? 0 : 1);
  } else {
    say();
    say(`  Open  ${bold(stack.urls.page)}`);
    say();
    for (const [person, what] of [
      [owner, `owns ${organizationName}`],
      [member, `belongs to ${organizationName}, may not buy for it`],
    ]) {
      say(`  ${person.email.padEnd(20)} password: ${person.password.padEnd(22)} ${what}`);
    }
    say();
    say('  The card on the checkout page is a test card. Ctrl-C stops everything.');
  }
} catch (error) {
  await end(1, error instanceof AlreadySaid ? undefined : error.message);
}
