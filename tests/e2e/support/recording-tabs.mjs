// Tabs of one browser that record usage, what they recorded, and whether Polar counts that and nothing else. For the small chaos
// here and the big one of tests/trials.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname } from 'node:path';
import { at } from '../../../scripts/lib/paths.mjs';
import { usageEvent } from '../../../scripts/lib/stack.mjs';
import { waitFor } from '../../../scripts/lib/wait.mjs';

const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
const policy = "default-src 'self'; connect-src *; script-src 'self'";
/** `burst()` returns what was recorded: a mark, by which it is known at Polar, its quantity, and the id. */
const script = `
  import { createPolarClient } from '/dist/js/index.js';
  window.refused = [];
  window.dropped = [];
  window.polar = createPolarClient({
    baseUrl: new URLSearchParams(location.search).get('server'),
    getAccessToken: () => localStorage.getItem('token'),
    usage: {
      limit: Number(localStorage.getItem('limit') ?? 100_000),
      onRefused: (event, error) => refused.push([event.eventId, error.code]),
      onFull: (event) => dropped.push(event.eventId),
    },
  });
  window.burst = (quantities) =>
    quantities.map((quantity) => {
      const mark = crypto.randomUUID();
      return [mark, quantity, polar.usage.record('${usageEvent}', { quantity, properties: { mark } })];
    });
`;

/** Pages of an origin of their own: \`/\` records when it is told to, \`/strict\` does so where WebAssembly is blocked. */
export async function startPages() {
  const server = createServer(async ({ url }, response) => {
    const { pathname } = new URL(url, 'http://page');
    response.setHeader('content-type', types[extname(pathname)] ?? 'text/html');
    if (pathname === '/record.js') return response.end(script);
    if (pathname.startsWith('/dist/')) {
      return response.end(await readFile(at(`.${pathname}`)).catch(() => response.writeHead(404) && ''));
    }
    if (pathname === '/strict') response.setHeader('content-security-policy', policy);
    return response.end('<!doctype html><title>Shop</title><script type="module" src="/record.js"></script>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export class RecordingTabs {
  #context;
  #url;
  /** @type {import('playwright-core').Page[]} */
  tabs = [];
  /** What was recorded: the quantity by mark. @type {Map<string, number>} */
  recorded = new Map();
  #ids = new Set();

  /** @param {{ newPage(): Promise<import('playwright-core').Page> }} context @param {string} url of the page, with its server */
  constructor(context, url) {
    this.#context = context;
    this.#url = url;
  }

  async open(url = this.#url) {
    const tab = await this.#context.newPage();
    this.tabs.push(tab);
    await load(tab, () => tab.goto(url));
    return tab;
  }

  /** Records these in one go. */
  async burst(tab, quantities) {
    const list = await tab.evaluate((some) => window.burst(some), quantities);
    for (const [mark, quantity, id] of list) {
      assert.ok(!this.#ids.has(id), `${id} was given twice`);
      this.#ids.add(id);
      this.recorded.set(mark, quantity);
    }
    return list.map(([mark, , id]) => ({ mark, id }));
  }

  /** Resolves once all that the tab recorded is in the browser's database. */
  saved(tab) {
    return tab.evaluate(() => window.polar.usage.saved());
  }

  reload(tab) {
    return load(tab, () => tab.reload());
  }

  async close(tab) {
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    await tab.close();
  }

  /** The tab's process dies, as by the system when memory is short. */
  async crash(tab) {
    const session = await this.#context.newCDPSession(tab);
    const crashed = tab.waitForEvent('crash');
    session.send('Page.crash').catch(() => {});
    await crashed;
    await this.close(tab);
  }

  /** Resolves once every tab says that nothing is left. */
  async sent({ withinMs = 60_000 } = {}) {
    await waitFor(
      'all that was recorded to be sent',
      async () => {
        const [tab] = this.tabs;
        const stats = await tab.evaluate(async () => {
          const { error, ...others } = await window.polar.usage.flush();
          return { ...others, error: error && `${error.code}: ${error.message}` };
        });
        if (stats.queued > 0) throw new Error(JSON.stringify(stats));
        return true;
      },
      { withinMs },
    );
    for (const tab of this.tabs) {
      assert.deepEqual(await tab.evaluate(() => [...window.refused, ...window.dropped]), []);
    }
  }
}

async function load(tab, navigate) {
  await navigate();
  await tab.waitForFunction(() => 'burst' in window);
}

/** A meter of all that is recorded, at the emulator. @param {(method: string, path: string, body?: object) => Promise<any>} call */
export async function createMeter(call) {
  const meter = await call('POST', '/v1/meters/', {
    name: 'Everything recorded',
    filter: { conjunction: 'and', clauses: [{ property: 'name', operator: 'eq', value: usageEvent }] },
    aggregation: { func: 'sum', property: 'quantity' },
  });
  const total = async () => {
    const day = 86_400_000;
    const [start, end] = [Date.now() - day, Date.now() + day].map((time) =>
      encodeURIComponent(new Date(time).toISOString()),
    );
    const path = `/v1/meters/${meter.id}/quantities?start_timestamp=${start}&end_timestamp=${end}&interval=day`;
    return (await call('GET', path)).total;
  };
  const events = async () => {
    const found = [];
    for (let page = 1; ; page += 1) {
      const query = `source=user&limit=100&cursor_pagination=true&page=${page}`;
      const { items, pagination } = await call('GET', `/v1/events/?${query}`);
      found.push(...items.map(({ metadata }) => metadata));
      if (!pagination.has_next_page) return found;
    }
  };
  return {
    total,
    /**
     * Waits for what was recorded to arrive, and asserts that it alone did, each event once. Of what was `tried` any may have.
     * @param {Map<string, number>} recorded
     */
    assertCounts: async (recorded, { withinMs = 60_000, tried = new Map() } = {}) => {
      const least = [...recorded.values()].reduce((before, quantity) => before + quantity, 0);
      // One request, while a list of many thousand events is hundreds.
      await waitFor(`the meter to be at ${least}`, async () => (await total()) >= least, { withinMs, everyMs: 500 });
      await waitFor(
        `${recorded.size} events at Polar`,
        async () => {
          const there = new Set((await events()).map(({ mark }) => mark));
          const missing = [...recorded.keys()].filter((mark) => !there.has(mark));
          if (missing.length > 0) throw new Error(`${missing.length} are missing`);
          return true;
        },
        { withinMs, everyMs: 1_000 },
      );
      const found = await events();
      const expected = new Map(recorded);
      for (const { mark } of found) if (tried.has(mark)) expected.set(mark, tried.get(mark));
      const at = new Map(found.map(({ mark, quantity }) => [mark, quantity]));
      assert.deepEqual(
        [...expected].filter(([mark, quantity]) => at.get(mark) !== quantity),
        [],
        'what Polar lacks',
      );
      // Neither twice nor from nowhere.
      assert.equal(found.length, expected.size);
      const sum = [...expected.values()].reduce((before, quantity) => before + quantity, 0);
      assert.equal(await total(), sum);
      return sum;
    },
  };
}
