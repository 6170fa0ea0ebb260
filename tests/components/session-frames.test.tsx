// @vitest-environment node
// Two users and two organizations in Chromium: at no frame stands anything of one subject in the document of another.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
// @ts-expect-error: a script without types
import { openBrowser } from '../../scripts/lib/browser.mjs';
import {
  type Answer,
  type Asked,
  CHECKOUT,
  Gateway,
  ORGANIZATION,
  OTHER_ORGANIZATION,
  PRODUCT,
} from '../js/support/gateway.ts';
import { ADA, BOB, tokenOf } from '../js/support/people.ts';
import { accountOf, type Mark, marks } from './support/marked-accounts.ts';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

interface Seen {
  frames: number;
  leaks: { found: string; subject: string }[];
  restored: number;
}
declare global {
  interface Window {
    seen: Seen;
  }
}

let gateway: Gateway;
let browser: Browser;
let page: Page;
/** Where the checkout stands. */
let checkout = 'open';

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [at('tests/components/support/session-page.tsx')],
    bundle: true,
    splitting: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    outdir: '/app/js',
    write: false,
  });
  const files = new Map(outputFiles.map(({ path, text }) => [path, text]));
  gateway = await Gateway.start();
  gateway.answer((asked) => answer(asked, files));
  browser = (await openBrowser([], ['--disable-back-forward-cache'])) as Browser;
}, 60_000);
beforeEach(async () => {
  page = await browser.newPage();
  await page.addInitScript(watchFrames, marks);
}, 60_000);
afterEach(() => page.close());
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

async function answer(asked: Asked, files: Map<string, string>): Promise<Answer> {
  const { path } = asked;
  const as = (type: string, body: string) => ({ status: 200, body, headers: { 'content-type': type } });
  if (path === '/api/v1/polar/checkout') {
    return { status: 201, body: { ...CHECKOUT.body, checkout_url: `${gateway.url}/elsewhere` } };
  }
  if (path.startsWith('/api/v1/polar/checkout/')) {
    const { checkout_id, expires_at } = CHECKOUT.body;
    return {
      status: 200,
      body: { checkout_id, status: checkout, product_id: PRODUCT, expires_at, updated_at: expires_at },
    };
  }
  if (path.startsWith('/api/')) {
    const body = accountOf(asked)[path.replace('/api/v1/polar', '')];
    // Some answers come late, so that whoever asked is gone by then.
    const isLate = path.endsWith('/cancel') || gateway.asked.length % 3 === 0;
    await new Promise((resolve) => setTimeout(resolve, isLate ? 60 : 5));
    return body === undefined ? { status: 404, body: {} } : { status: 200, body };
  }
  if (files.has(path)) return as('text/javascript', files.get(path) ?? '');
  // The requests go out without the core.
  if (path.endsWith('.wasm')) return { status: 404, body: {} };
  if (path === '/elsewhere') return as('text/html', '<!doctype html><h1>elsewhere</h1>');
  return as(
    'text/html',
    '<!doctype html><div id="root"></div><script type="module" src="/app/js/session-page.js"></script>',
  );
}

/** Runs before the scripts of the page: looks at the whole document at each frame. */
function watchFrames(marks: Mark[]): void {
  window.seen = { frames: 0, leaks: [], restored: 0 };
  const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
  const names = new RegExp(`${uuid} ${uuid}|\\b21\\d\\d\\b`, 'g');
  const look = () => {
    window.seen.frames++;
    const own = marks.find(({ subject }) => subject === window.subject);
    const all = <E extends Element>(selector: string) => [...document.querySelectorAll<E>(selector)];
    const written = all<HTMLTextAreaElement>('textarea').map(({ value }) => value);
    const html = [document.documentElement?.outerHTML, ...written].join(' ');
    const plans = all('[data-polar="pricing-table-plan"][data-state="current"] h3').map((one) => one.textContent ?? '');
    const found = [...(html.match(names) ?? []), ...plans];
    for (const one of found) {
      if (![own?.subject, own?.year, own?.plan].includes(one)) {
        window.seen.leaks.push({ found: one, subject: window.subject });
      }
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  // From then on the document is of whoever is signed in now.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    window.seen.restored++;
    const payload = localStorage.getItem('plinto_access_token')?.split('.')[1] ?? '';
    window.subject = `${JSON.parse(atob(payload)).sub} ${window.subject.split(' ')[1]}`;
  });
}

const seen = () => page.evaluate(() => window.seen);
/** Every component shows what is theirs. */
const shows = (user: string, organization: string) =>
  page.waitForFunction(
    (mark) => {
      const texts = [...document.querySelectorAll<HTMLElement>('h1, [data-watched]')].map((part) => {
        const own = part.dataset.watched === 'pricing' ? part.querySelector('[data-state="current"] h3') : part;
        return own?.textContent ?? '';
      });
      // A trial says nothing beside the button that ends it.
      const isTheirs = (text: string) => Object.values(mark ?? {}).some((one) => text.includes(one));
      return texts.length > 7 && texts.every((text) => isTheirs(text) || text === 'Cancel plan');
    },
    marks.find(({ subject }) => subject === `${user} ${organization}`),
  );
const frames = (count: number) =>
  page.evaluate(async (wanted) => {
    for (let i = 0; i < wanted; i++) await new Promise(requestAnimationFrame);
  }, count);

async function open(path: string): Promise<void> {
  await page.goto(`${gateway.url}${path}`);
  await page.waitForFunction(() => 'app' in window);
}

/** Every change from one of two users and two organizations to another, some before the answer for the last one came. */
async function changeSubjects(): Promise<void> {
  const steps = [
    [ADA, ORGANIZATION],
    [BOB, ORGANIZATION],
    [BOB, OTHER_ORGANIZATION],
    [ADA, OTHER_ORGANIZATION],
    [ADA, ORGANIZATION],
    [BOB, OTHER_ORGANIZATION],
  ] as const;
  for (const patient of [true, false]) {
    for (const [user, organization] of steps) {
      await page.evaluate(
        ([next, chosen]) => {
          if (!window.subject.startsWith(next)) window.app.signIn(next);
          window.app.choose(chosen);
        },
        [user, organization] as const,
      );
      if (patient) await shows(user, organization);
      else await frames(2);
    }
    await shows(BOB, OTHER_ORGANIZATION);
    await page.evaluate(() => window.app.signOut());
    await frames(5);
  }
}

/** Signs in, and waits for what is theirs. */
async function enter(user: string, organization: string): Promise<void> {
  await page.evaluate(
    ([next, chosen]) => {
      window.app.signIn(next);
      window.app.choose(chosen);
    },
    [user, organization] as const,
  );
  await shows(user, organization);
}

describe('in Chromium', () => {
  it('nothing of another subject is in the document at any frame', async () => {
    await open('/');

    await changeSubjects();

    const { frames: count, leaks } = await seen();
    expect(count).toBeGreaterThan(50);
    expect(leaks).toEqual([]);
  });

  it('which a leak that is planted does not escape', async () => {
    await open('/?leak=name');

    await changeSubjects();

    expect((await seen()).leaks.length).toBeGreaterThan(0);
  });

  it.each(['notice', 'subscription', 'cancel', 'pricing', 'orders', 'portal', 'gate'])(
    'nor one of the component %s',
    async (name) => {
      await open(`/?leak=${name}`);
      await enter(ADA, ORGANIZATION);
      await frames(2);

      await page.evaluate((user) => window.app.signIn(user), BOB);
      await frames(2);

      const found = (await seen()).leaks.map((leak) => leak.found);
      const [ada] = marks;
      expect(found.length).toBeGreaterThan(0);
      expect(found.every((one) => Object.values(ada as Mark).includes(one))).toBe(true);
    },
  );

  it('nor what one has written, looked at or begun', async () => {
    await open('/');
    await enter(ADA, OTHER_ORGANIZATION);
    const dialog = page.getByRole('dialog');

    await page.getByRole('button', { name: 'Cancel plan' }).click();
    await dialog.getByRole('textbox').fill(`${ADA} ${OTHER_ORGANIZATION}`);
    const sent = page.waitForRequest((request) => request.url().endsWith('/cancel'));
    await dialog.getByRole('button', { name: 'Cancel plan' }).click();
    await sent;
    await enter(BOB, OTHER_ORGANIZATION);
    expect(await dialog.count()).toBe(0);

    await page.getByRole('button', { name: 'Switch' }).first().click();
    await dialog.getByText('Next payment').waitFor();
    await page.evaluate((organization) => window.app.choose(organization), ORGANIZATION);
    await shows(BOB, ORGANIZATION);
    expect(await dialog.count()).toBe(0);

    await enter(ADA, OTHER_ORGANIZATION);
    await page.getByRole('button', { name: 'Cancel plan' }).click();
    expect(await dialog.getByRole('textbox').inputValue()).toBe('');
    expect((await seen()).leaks).toEqual([]);
  });

  it('nor when the back button shows the page again to somebody else', async () => {
    await open('/');
    await page.evaluate((user) => window.app.signIn(user), ADA);
    await shows(ADA, ORGANIZATION);

    await page.goto(`${gateway.url}/elsewhere`);
    await page.evaluate((token) => localStorage.setItem('plinto_access_token', token), tokenOf(BOB));
    // A page that was kept loads nothing.
    await page.goBack({ waitUntil: 'commit' });
    await shows(BOB, ORGANIZATION);

    const { restored, leaks } = await seen();
    expect(restored).toBe(1);
    expect(leaks).toEqual([]);
  });

  it('a buyer who has paid and goes back sees that it is confirmed, and may buy again', async () => {
    await open('/');
    await page.evaluate((user) => window.app.signIn(user), ADA);
    await shows(ADA, ORGANIZATION);
    const button = page.getByRole('button', { name: 'Buy' });

    await button.click();
    await page.waitForURL('**/elsewhere');
    checkout = 'succeeded';
    await page.goBack({ waitUntil: 'commit' });
    await page.getByRole('status').filter({ hasText: 'confirmed' }).waitFor();

    await shows(ADA, ORGANIZATION);
    expect(await button.getAttribute('data-state')).toBe('idle');
    expect((await seen()).restored).toBe(1);
  });
});
