// `init`: from a Polar access token to what the server and the pages need, so that nobody opens a dashboard. It asks what
// the token may do, makes the webhook endpoint, lists what is for sale, and writes what is not written yet.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createEndpoint, type Endpoint, PolarApi } from './api.js';
import { type Command, UsageError, type Words } from './command-line.js';
import { assignments, EnvironmentFile } from './environment.js';
import { frameworkLines } from './frameworks.js';
import { NEEDED_SCOPES, type Permissions, permissionsOf } from './permissions.js';
import { exampleSlug, type ListedProduct, type Products, productsOf } from './products.js';
import { webhookTypes } from './program-module.js';

const SANDBOX = 'https://sandbox-api.polar.sh';
const PRODUCTION = 'https://api.polar.sh';
const HOOK_PATH = '/api/v1/polar/webhooks';
const LOCAL_ORIGINS = 'http://localhost:3000,http://localhost:5173';

/** Sent by Polar, and not among the events that an endpoint may name. */
const NOT_OFFERED = 'subscription.migrated';

const EXAMPLE = {
  name: 'Pro',
  recurring_interval: 'month',
  prices: [{ amount_type: 'fixed', price_amount: 2_000, price_currency: 'usd' }],
};

export const init: Command = {
  name: 'init',
  about: 'Set up billing with an account at Polar: the webhook endpoint, PRODUCTS and the environment',
  flags: {
    url: { value: 'URL', about: 'Where your application is reached from outside: the webhook endpoint is made for it' },
    env: { value: 'FILE', default: '.env', about: 'The environment file to read and to add to' },
    products: { value: 'FILE', default: 'products.json', about: 'The PRODUCTS file to write' },
    'token-file': {
      value: 'FILE',
      about: 'The file of the access token, if not POLAR_ACCESS_TOKEN or the environment file',
    },
    'api-url': { value: 'URL', env: 'POLAR_API_URL', about: "Polar's API, if neither sandbox nor production" },
    'example-product': { about: 'Where the account sells nothing, make a product to try with; not in production' },
    'dry-run': { about: 'Say what would be done, and do nothing' },
  },
  footer: 'What is there already is left as it is: a second run changes nothing.',
  run: async (words) => {
    const file = new EnvironmentFile(words.text('env') ?? '.env');
    const token = tokenOf(words, file);
    const account = await findAccount(words, file, token);
    const job = new Job(words, file, account);
    job.say(`Polar: ${account.name} (${account.polar.url})`);
    const permissions = await permissionsOf(account.polar);
    tellPermissions(job, permissions);
    const endpoint = await keepEndpoint(job);
    const listed = await listProducts(job);
    const products = await keepProducts(job, listed);
    await keepEnvironment(job, token, endpoint?.secret, products !== undefined);
    const base = words.url('url');
    tellLines(exampleSlug(listed, products ?? {}), base && new URL(base).origin);
    job.say(job.summary());
    return 0;
  },
};

interface Account {
  readonly name: string;
  readonly polar: PolarApi;
  readonly isProduction: boolean;
}

/** What is done, or would be. */
class Job {
  readonly words: Words;
  readonly file: EnvironmentFile;
  readonly account: Account;
  readonly isDry: boolean;
  #changes = 0;

  constructor(words: Words, file: EnvironmentFile, account: Account) {
    this.words = words;
    this.file = file;
    this.account = account;
    this.isDry = words.has('dry-run');
  }

  say(line: string): void {
    console.log(line);
  }

  /** Does it, unless this is a dry run, and says so. */
  async change<Result>(what: string, act: () => Result | Promise<Result>): Promise<Result | undefined> {
    this.#changes += 1;
    if (this.isDry) {
      this.say(`Would ${what}.`);
      return undefined;
    }
    const result = await act();
    this.say(`Done: ${what}.`);
    return result;
  }

  summary(): string {
    if (this.#changes === 0) return 'Nothing had to be changed.';
    return this.isDry
      ? 'Nothing was changed: this was a dry run.'
      : 'Run this again at any time: what is there is left as it is.';
  }
}

function tokenOf(words: Words, file: EnvironmentFile): string {
  const path = words.text('token-file');
  const token = path === undefined ? process.env.POLAR_ACCESS_TOKEN || file.get('POLAR_ACCESS_TOKEN') : readToken(path);
  if (token) return token.trim();
  throw new UsageError(
    `There is no access token. Make one at https://sandbox.polar.sh (or https://polar.sh) in the settings of your organization, with the scopes ${NEEDED_SCOPES.join(', ')}. Then set POLAR_ACCESS_TOKEN, or name its file with --token-file.`,
  );
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new UsageError(`--token-file names no file that can be read: ${path}. Give the file that holds the token.`);
  }
}

/** A token is good in one place only: the sandbox, production, or the address that is given. */
async function findAccount(words: Words, file: EnvironmentFile, token: string): Promise<Account> {
  const named = words.url('api-url') ?? file.get('POLAR_API_URL');
  const places: Omit<Account, 'polar'>[] = named
    ? [{ name: 'an address of your own', isProduction: false }]
    : [
        { name: 'the sandbox', isProduction: false },
        { name: 'production, which takes real money', isProduction: true },
      ];
  for (const place of places) {
    const polar = new PolarApi(named ?? (place.isProduction ? PRODUCTION : SANDBOX), token);
    if ((await polar.statusOf('GET', '/v1/products/?limit=1')) !== 401) return { ...place, polar };
  }
  throw new UsageError(
    named
      ? `${named} does not know this access token. Give one of it, or, for Polar's own sandbox or production, unset POLAR_API_URL (--api-url, ${file.path}).`
      : 'Polar does not know this access token, neither in the sandbox nor in production. Make a new one, and see that it was copied whole.',
  );
}

function tellPermissions(job: Job, { granted, missing }: Permissions): void {
  job.say(`The token may: ${granted.join(', ') || 'nothing'}`);
  if (missing.length === 0) return;
  job.say('It may not:');
  for (const { scope, use } of missing) job.say(`  ${scope.padEnd(24)}${use}`);
  const where = job.account.isProduction ? 'https://polar.sh' : 'https://sandbox.polar.sh';
  job.say(
    `What is missing does not work until it is added to the token in the settings of your organization, at ${where}.`,
  );
}

/** Its secret is not known before it is made: a dry run has a word in its place. */
async function keepEndpoint(job: Job): Promise<Pick<Endpoint, 'secret'> | undefined> {
  const { polar } = job.account;
  const base = job.words.url('url');
  if (base === undefined) {
    job.say(
      'No webhook endpoint: give the address of your application with --url https://app.example to have it made.',
    );
    return undefined;
  }
  const url = base.endsWith(HOOK_PATH) ? base : base + HOOK_PATH;
  if ((await polar.statusOf('GET', '/v1/webhooks/endpoints?limit=1')) === 403) {
    job.say('No webhook endpoint: the token needs webhooks:write. Add it, then run this again.');
    return undefined;
  }
  const events = (await webhookTypes()).filter((event) => event !== NOT_OFFERED);
  const found = (await polar.list<Endpoint>('/v1/webhooks/endpoints')).find((endpoint) => endpoint.url === url);
  if (found === undefined) {
    const made = await job.change(`make the webhook endpoint ${url}, with all events`, () =>
      createEndpoint(polar, { url, name: 'Plinto Polar', events }),
    );
    return made ?? { secret: '(made by Polar)' };
  }
  job.say(`The webhook endpoint ${url} is there.`);
  if (found.format !== 'raw')
    job.say(`Its format is ${found.format}, which is for people. Remove it at Polar, then run this again.`);
  const missing = missingEvents(found, events);
  if (missing.length > 0) {
    await job.change(`tick its events ${missing.join(', ')}`, () =>
      polar.call('PATCH', `/v1/webhooks/endpoints/${found.id}`, { events: [...found.events, ...missing] }),
    );
  }
  if (!found.enabled) {
    await job.change('enable it: Polar has given up on it after events that it could not deliver', () =>
      polar.call('PATCH', `/v1/webhooks/endpoints/${found.id}`, { enabled: true }),
    );
  }
  return found;
}

/** Those that decide who has access, and are not ticked. */
const DECIDING = /^(?:customer|order|subscription|refund|benefit|benefit_grant|customer_seat|product)\./;
function missingEvents({ events }: Endpoint, known: readonly string[]): string[] {
  return known.filter((event) => DECIDING.test(event) && !events.includes(event));
}

async function listProducts(job: Job): Promise<ListedProduct[]> {
  const { polar, isProduction } = job.account;
  if ((await polar.statusOf('GET', '/v1/products/?limit=1')) === 403) {
    job.say('No PRODUCTS: the token needs products:read. Add it, then run this again.');
    return [];
  }
  const list = () => polar.list<ListedProduct>('/v1/products/?is_archived=false');
  const listed = await list();
  if (listed.length > 0) return listed;
  if (!job.words.has('example-product') || isProduction) {
    job.say(
      isProduction
        ? 'The account sells nothing yet: make a product at https://polar.sh, then run this again.'
        : 'The account sells nothing yet: --example-product makes a product to try with.',
    );
    return [];
  }
  await job.change('make the product Pro, 20.00 USD a month', () => polar.call('POST', '/v1/products/', EXAMPLE));
  return list();
}

/** The products of the file as they are then, or undefined. */
async function keepProducts(job: Job, listed: readonly ListedProduct[]): Promise<Products | undefined> {
  const path = job.words.text('products') ?? 'products.json';
  const products = productsOf(listed);
  const count = Object.keys(products).length;
  if (!existsSync(path)) {
    if (count === 0) return undefined;
    await job.change(`write ${path} with ${count} products. Edit it: tiers, features, days of grace`, () =>
      writeFileSync(path, `${JSON.stringify(products, null, 2)}\n`),
    );
    return products;
  }
  const text = readFileSync(path, 'utf8');
  job.say(`${path} is there.`);
  for (const [slug, { product_id: id }] of Object.entries(products))
    if (!text.includes(id)) job.say(`  It lacks what Polar sells as ${slug}: ${id}. Add it, if it is for sale here.`);
  return products;
}

async function keepEnvironment(
  job: Job,
  token: string,
  secret: string | undefined,
  hasProducts: boolean,
): Promise<void> {
  const { file, account, words } = job;
  const isNamed = account.polar.url !== SANDBOX && account.polar.url !== PRODUCTION;
  const wanted: Record<string, string> = {
    POLAR_ACCESS_TOKEN: token,
    ...(isNamed ? { POLAR_API_URL: account.polar.url } : { POLAR_SANDBOX: String(!account.isProduction) }),
    ...(secret !== undefined && { POLAR_WEBHOOK_SECRET: secret }),
    ...(hasProducts && { PRODUCTS: words.text('products') ?? 'products.json' }),
  };
  for (const name of file.differing(wanted))
    job.say(`${file.path} has another ${name}. Remove that line and run this again, or leave it.`);
  // Where buyers may return to is the application's own to say.
  const base = words.url('url');
  wanted.RETURN_ORIGINS = file.get('RETURN_ORIGINS') ?? (base ? new URL(base).origin : LOCAL_ORIGINS);
  const lacking = Object.entries(wanted).filter(([name]) => file.get(name) === undefined);
  if (lacking.length === 0) {
    job.say(`${file.path} has everything of Polar's.`);
  } else {
    // Only Plinto and whoever runs it know these.
    const left = ['PLINTO_API_URL', 'PLINTO_JWT_SECRET'].filter((name) => file.get(name) === undefined);
    const hints = left.length === 0 ? [] : ["# Your Plinto's, for the server:", ...left.map((name) => `# ${name}=`)];
    await job.change(`add ${lacking.map(([name]) => name).join(', ')} to ${file.path}`, () =>
      file.append('Plinto Polar, by npx @plinto/polar init', [...assignments(Object.fromEntries(lacking)), ...hints]),
    );
  }
  warnOfGit(job);
}

function warnOfGit(job: Job): void {
  const { file } = job;
  const { status } = spawnSync('git', ['check-ignore', '-q', file.path], { stdio: 'ignore' });
  if (status === 1) job.say(`${file.path} holds secrets, and git does not ignore it: add it to .gitignore.`);
}

function tellLines(slug: string, origin: string | undefined): void {
  const { name, lines } = frameworkLines('package.json', slug, origin);
  console.log(`\nThe button, for ${name}:\n\n${lines.replaceAll(/^(?=.)/gm, '  ')}\n`);
}
