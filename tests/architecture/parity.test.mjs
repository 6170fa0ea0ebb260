// docs/parity.md says what other packages have and what is here in its place. What it says is here has a test of the name that it
// gives, and nothing of Better Auth's plugin is passed over.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { at } from '../../scripts/lib/paths.mjs';

const page = readFileSync(at('docs/parity.md'), 'utf8');
const versionsOf = (path) => JSON.parse(readFileSync(at(path), 'utf8')).dependencies;

/**
 * The names of @polar-sh/better-auth 1.8.4, by the heading that they stand under. Source: the types of its dist/client.d.ts
 * (PolarOptions, CheckoutOptions, CheckoutParams, PortalConfig, UsageOptions, WebhooksOptions), the routes with their bodies and
 * queries, and the hooks of users, of its dist/index.js.
 */
const NAMES = {
  'Options of polar': ['client', 'createCustomerOnSignUp', 'getCustomerCreateParams', 'use'],
  'Hooks of users': ['user.create.before', 'user.create.after', 'user.update.after', 'user.delete.after'],
  'Options of checkout': ['products', 'successUrl', 'returnUrl', 'authenticatedUsersOnly', 'theme'],
  'POST /checkout': [
    'products',
    'slug',
    'referenceId',
    'customFieldData',
    'metadata',
    'allowDiscountCodes',
    'discountId',
    'redirect',
    'embedOrigin',
    'successUrl',
    'returnUrl',
    'allowTrial',
    'trialInterval',
    'trialIntervalCount',
  ],
  'Options of portal': ['returnUrl', 'theme'],
  'GET and POST /customer/portal': ['redirect'],
  'GET /customer/state': [],
  'GET /customer/benefits/list': ['page', 'limit'],
  'GET /customer/subscriptions/list': ['referenceId', 'page', 'limit', 'active'],
  'GET /customer/orders/list': ['page', 'limit', 'productBillingType'],
  'Options of usage': ['creditProducts'],
  'GET /usage/meters/list': ['page', 'limit'],
  'POST /usage/ingest': ['event', 'metadata'],
  'Options of webhooks': [
    'secret',
    'onPayload',
    'onCheckoutCreated',
    'onCheckoutUpdated',
    'onOrderCreated',
    'onOrderUpdated',
    'onOrderPaid',
    'onOrderRefunded',
    'onRefundCreated',
    'onRefundUpdated',
    'onSubscriptionCreated',
    'onSubscriptionUpdated',
    'onSubscriptionActive',
    'onSubscriptionCanceled',
    'onSubscriptionUncanceled',
    'onSubscriptionRevoked',
    'onProductCreated',
    'onProductUpdated',
    'onOrganizationUpdated',
    'onBenefitCreated',
    'onBenefitUpdated',
    'onBenefitGrantCreated',
    'onBenefitGrantUpdated',
    'onBenefitGrantRevoked',
    'onCustomerCreated',
    'onCustomerUpdated',
    'onCustomerDeleted',
    'onCustomerStateChanged',
  ],
  'POST /polar/webhooks': [],
  Client: [
    'polarClient',
    'checkout',
    'checkoutEmbed',
    'PolarEmbedCheckout',
    'customer.portal',
    'customer.state',
    'customer.benefits.list',
    'customer.subscriptions.list',
    'customer.orders.list',
    'usage.meters.list',
    'usage.ingest',
    'fetchOptions',
  ],
  'Calls on the server': [
    'auth.api.checkout',
    'auth.api.portal',
    'auth.api.state',
    'auth.api.benefits',
    'auth.api.subscriptions',
    'auth.api.orders',
    'auth.api.meters',
    'auth.api.ingestion',
    'auth.api.polarWebhooks',
  ],
};

/** The rows of the page's tables, each with its line and the heading above it. */
function rowsOf(text) {
  let heading = '';
  return text.split('\n').flatMap((line, index, lines) => {
    heading = /^#+ (.*)/.exec(line)?.[1] ?? heading;
    const isHead = lines[index + 1]?.startsWith('|---');
    if (!line.startsWith('|') || line.startsWith('|---') || isHead) return [];
    return [{ at: `docs/parity.md:${index + 1}`, heading, line, theirs: line.split('|')[1] }];
  });
}

const linksOf = ({ line }) =>
  [...line.matchAll(/\[([^\]]+)\]\(\.\.\/(tests\/[^)]+)\)/g)].map(([, name, path]) => ({
    name: name.replaceAll('\\<', '<'),
    path,
  }));

/** Rows that neither link to a test nor say why there is none. */
const checkRows = (rows) =>
  rows
    .filter((row) => linksOf(row).length === 0 && !/\| not there: \S/.test(row.line))
    .map(({ at, theirs }) => `${at}:${theirs}has no test, and does not say "not there: ..."`);

/** Links to a file that is not there, or has no such test. */
const checkTests = (rows, read) =>
  rows.flatMap((row) =>
    linksOf(row).flatMap(({ name, path }) => {
      const text = read(path);
      if (text === undefined) return [`${row.at}: there is no ${path}`];
      return hasTest(text, name) ? [] : [`${row.at}: ${path} has no test "${name}"`];
    }),
  );

/** Names under their headings that have no row, and rows of what is none of them. A row "answer: ..." is of what a route returns. */
function checkNames(rows, names) {
  return Object.entries(names).flatMap(([heading, wanted]) => {
    const there = rows
      .filter((row) => row.heading === heading && !row.theirs.startsWith(' answer:'))
      .flatMap(({ theirs }) => [...theirs.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
    const missing = wanted.filter((name) => !there.includes(name)).map((name) => `${heading}: ${name} has no row`);
    const more = there.filter((name) => !wanted.includes(name)).map((name) => `${heading}: ${name} is not theirs`);
    return [...missing, ...more];
  });
}

/** Whether a test, or a group and a test one after the other, is called so. `%s` and `${...}` stand for anything, but not alone. */
function hasTest(text, name) {
  const titles = [...text.matchAll(/(?:\b(?:it|test|describe|TEST_CASE)|\))\(\s*(['"`])((?:\\.|(?!\1)[^\\\n])*)\1/g)]
    .map(([, , title]) => title.replaceAll(/\\(.)/g, '$1'))
    .filter((title) => title.replaceAll(/%\w|\$\{[^}]*\}|\W/g, '') !== '')
    .map(patternOf);
  const isOne = (one) => titles.some((title) => new RegExp(`^${title}$`).test(one));
  return (
    isOne(name) ||
    [...name.matchAll(/ /g)].some(({ index }) => isOne(name.slice(0, index)) && isOne(name.slice(index + 1)))
  );
}

const patternOf = (title) =>
  title
    .split(/%[sodij]|\$\{[^}]*\}|\$\w+/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.+');

const readTest = (path) => (existsSync(at(path)) ? readFileSync(at(path), 'utf8') : undefined);

describe('docs/parity.md', () => {
  const rows = rowsOf(page);

  it('has a test for each row, or says that it is not there and why', () => {
    assert.ok(rows.length > 150, `only ${rows.length} rows were read`);
    assert.deepEqual(checkRows(rows), []);
  });

  it('links to tests that are there, by their names', () => {
    assert.deepEqual(checkTests(rows, readTest), []);
  });

  it("has a row for each name of Better Auth's plugin, and for no other", () => {
    assert.deepEqual(checkNames(rows, NAMES), []);
  });

  it('compares with the versions that are measured', () => {
    const measured = {
      ...versionsOf('tests/bench/size/package.json'),
      ...versionsOf('tests/bench/servers/package.json'),
    };

    for (const name of ['@polar-sh/better-auth', '@clerk/clerk-react', 'autumn-js']) {
      assert.ok(page.includes(`\`${name}\` ${measured[name]}`), `${name} ${measured[name]}`);
    }
  });
});

describe('the check of docs/parity.md', () => {
  const source =
    "describe('a group', () => { it('does one thing', f); it.each([1])('has %s of it', f); it('%s', f); });";
  const read = (path) => (path === 'tests/a.test.mjs' ? source : undefined);
  const rows = (...lines) => rowsOf(['## Client', '', '| there | test |', '|---|---|', ...lines].join('\n'));

  it('lets good rows pass', () => {
    const good = rows(
      '| `a` | [does one thing](../tests/a.test.mjs), [a group has 7 of it](../tests/a.test.mjs) |',
      '| `b`, `c` | not there: nobody wants it |',
      '| answer: `d` | [does one thing](../tests/a.test.mjs) |',
    );

    assert.equal(good.length, 3);
    assert.deepEqual(checkRows(good), []);
    assert.deepEqual(checkTests(good, read), []);
    assert.deepEqual(checkNames(good, { Client: ['a', 'b', 'c'] }), []);
  });

  it('names bad ones with their lines', () => {
    const bad = rows(
      '| `a` | [does another thing](../tests/a.test.mjs), [does one thing](../tests/gone.test.mjs) |',
      '| `b` | not there |',
    );

    assert.deepEqual(checkRows(bad), ['docs/parity.md:6: `b` has no test, and does not say "not there: ..."']);
    assert.deepEqual(checkTests(bad, read), [
      'docs/parity.md:5: tests/a.test.mjs has no test "does another thing"',
      'docs/parity.md:5: there is no tests/gone.test.mjs',
    ]);
    assert.deepEqual(checkNames(bad, { Client: ['a', 'z'] }), ['Client: z has no row', 'Client: b is not theirs']);
  });
});
