// The way from a click to Polar's checkout in one Chromium: ours beside a page by hand and beside Better Auth with Polar's
// client plugin. The same React, the same bundler, the same server, taking turns.
//
// The network is simulated: a round trip of ROUND_TRIP_MS, a line of BANDWIDTH, and a server that opens a checkout in WORK_MS.
// A click ends as the page asks to be taken elsewhere. That is noted and refused, so that the page's memory can be looked at.
//
// Times depend on the machine. Gates are what does not: the bytes, and how many round trips a click waits beyond the page
// that was written by hand.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openBrowser } from '../../scripts/lib/browser.mjs';
import { at } from '../../scripts/lib/paths.mjs';
import { node, run } from '../../scripts/lib/run.mjs';
import { withPrograms } from './programs.mjs';

const ROUND_TRIP_MS = 40;
const WORK_MS = 40;
/** Bytes per second. */
const BANDWIDTH = 10_000_000 / 8;
const here = at('tests/bench/clicks');

/** Each page, and where it is below the server's address. */
const contestants = [
  { name: 'ours', path: '/ours/' },
  { name: 'ours, no .wasm comes', path: '/stalled/ours/' },
  { name: 'by hand', path: '/by-hand/' },
  { name: 'Better Auth', path: '/better-auth/' },
];
const pages = ['ours', 'by-hand', 'better-auth'];

/** How buyers come to their clicks: for how many milliseconds the pointer was on the button, at the first visit and the second. */
const buyers = [
  { cold: 0, again: 0 },
  { pointed: 100, ready: 500 },
];
const ways = buyers.flatMap(Object.keys);

/** Round trips that a click of ours may wait beyond the page by hand. */
const ROUND_TRIPS_MORE = { cold: 0, pointed: 0, again: 0, ready: 0 };

/** Prints the comparison. Answers whether every gate holds. */
export async function benchClicks({ rounds }) {
  if (!existsSync(join(here, 'node_modules/better-auth'))) {
    await run('npm', ['ci', '--prefix', here, '--ignore-scripts', '--no-audit', '--no-fund'], { quiet: true });
  }
  return await withPrograms(async ({ folder, start }) => {
    for (const name of pages) await bundle(name, join(folder, name));
    // To Chromium a latency is the least that an answer takes, so the server adds it to its own time.
    const server = [node, join(here, 'server.mjs'), folder, String(ROUND_TRIP_MS + WORK_MS)];
    const { ready } = await start('the server', server, {}, /listening on (\S+)/);
    const browser = await openBrowser();
    try {
      return report(await measure(browser, ready[1], rounds));
    } finally {
      await browser.close();
    }
  });
}

/** One page, as Vite builds it for production. React is a file of its own. */
async function bundle(name, outDir) {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: join(here, 'pages'),
    base: './',
    logLevel: 'warn',
    resolve: {
      alias: [
        { find: '#shop', replacement: join(here, 'pages', `${name}.jsx`) },
        { find: /^@plinto\/polar$/, replacement: at('dist/js/index.js') },
        { find: /^@plinto\/polar\/react$/, replacement: at('dist/components/index.js') },
      ],
      dedupe: ['react', 'react-dom'],
    },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      rolldownOptions: {
        checks: { moduleLevelDirective: false },
        output: { codeSplitting: { groups: [{ name: 'react', test: /node_modules\/(react|react-dom|scheduler)\// }] } },
      },
    },
  });
}

async function measure(browser, url, rounds) {
  const results = contestants.map(({ name, path }) => ({
    name,
    address: url + path,
    times: Object.fromEntries(ways.map((way) => [way, []])),
  }));
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const { address, times } of results) {
      for (const buyer of buyers) {
        const taken = await visits(browser, address, buyer);
        if (round > 0) for (const [way, ms] of Object.entries(taken)) times[way].push(ms);
      }
    }
  }
  for (const result of results) Object.assign(result, await weigh(browser, result.address));
  return results;
}

/**
 * A buyer's visits, one after the other: the milliseconds from each one's click until they are led elsewhere. Of some thousand
 * loads, on a busy machine, one of the page by hand never ended, and why is not known. Another buyer comes then, once.
 */
async function visits(browser, address, buyer, isLast = false) {
  try {
    return await withPage(browser, async (page) => {
      const taken = {};
      for (const [way, pointerMs] of Object.entries(buyer)) {
        await open(page, address);
        taken[way] = await click(page, pointerMs);
        // What the click has begun to fetch arrives before the page is left.
        await page.waitForTimeout(300);
      }
      return taken;
    });
  } catch (error) {
    // Only a load has a limit of Playwright's; a click that leads nowhere is another error.
    if (isLast || error.name !== 'TimeoutError') throw error;
    console.log(`${address} was not loaded in time: once more`);
    return await visits(browser, address, buyer, true);
  }
}

/** What a page loads and occupies: once it is there, and a second after the first click. */
async function weigh(browser, address) {
  return await withPage(browser, async (page, devtools) => {
    await page.addInitScript(keepWasm);
    await open(page, address);
    const before = await weightOf(page, devtools);
    await click(page, 0);
    await page.waitForTimeout(1_000);
    return { before, after: await weightOf(page, devtools) };
  });
}

/** With a page of a profile of its own, behind the simulated network. */
async function withPage(browser, work) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(`a page failed: ${error}`));
    await page.addInitScript(holdAtRedirect);
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: ROUND_TRIP_MS,
      downloadThroughput: BANDWIDTH,
      uploadThroughput: BANDWIDTH,
    });
    return await work(page, devtools);
  } finally {
    await context.close();
  }
}

/** Without Playwright's locators, whose script would be part of the page's memory. */
async function open(page, address) {
  await page.goto(address);
  await page.evaluate(async () => {
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    while (!document.querySelector('button')) await pause(10);
    // Whatever it still does by itself.
    await pause(200);
  });
}

/** Runs in the page. The first listener of all hears the click; the redirect is noted as it is asked for, and refused. */
function holdAtRedirect() {
  let clicked;
  window.redirected = new Promise((resolve) => {
    const hear = () => {
      clicked ??= performance.now();
    };
    addEventListener('click', hear, true);
    navigation.addEventListener('navigate', (event) => {
      if (clicked === undefined) return;
      resolve(performance.now() - clicked);
      event.preventDefault();
    });
  });
}

/** Runs in the page. */
function keepWasm() {
  window.wasmMemories = new Set();
  const { instantiate } = WebAssembly;
  WebAssembly.instantiate = async (...given) => {
    const made = await instantiate(...given);
    const { exports } = made.instance ?? made;
    for (const value of Object.values(exports)) if (value instanceof WebAssembly.Memory) window.wasmMemories.add(value);
    return made;
  };
}

/** Clicks after the pointer was there for so long. Without a pointer nothing announces the click, as where a script clicks. */
async function click(page, pointerMs) {
  if (pointerMs > 0) {
    const { x, y } = await page.evaluate(() => document.querySelector('button').getBoundingClientRect());
    await page.mouse.move(x + 5, y + 5);
  }
  return await page.evaluate(async (ms) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    document.querySelector('button').click();
    const late = new Promise((_, reject) => setTimeout(() => reject(new Error('nobody was led anywhere')), 10_000));
    return Promise.race([window.redirected, late]);
  }, pointerMs);
}

/** Bytes: of the scripts and binaries that came, as they came, and of what is alive in memory. */
async function weightOf(page, devtools) {
  const { files, wasm } = await page.evaluate(() => ({
    files: performance.getEntriesByType('resource').map(({ name, encodedBodySize }) => [name, encodedBodySize]),
    wasm: [...window.wasmMemories].map(({ buffer }) => buffer.byteLength),
  }));
  const loaded = new Map(files.filter(([name]) => /\.(js|wasm)$/.test(name)));
  const react = sum([...loaded].filter(([name]) => /\/react-[^/]*\.js$/.test(name)).map(([, size]) => size));
  await devtools.send('HeapProfiler.collectGarbage');
  // The heap's own count holds no Wasm memory, nor does performance.measureUserAgentSpecificMemory().
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  return { script: sum([...loaded.values()]) - react, react, heap: usedSize, wasm: sum(wasm) };
}

function report(results) {
  const [ours, stalled, byHand, betterAuth] = results;
  const print = (cells) =>
    console.log(cells.map((cell, i) => (i === 0 ? String(cell).padEnd(22) : String(cell).padStart(14))).join(''));
  const kibibytes = (bytes) => (bytes / 1024).toFixed(0);

  console.log(`React and ReactDOM, the same for all: ${ours.before.react} bytes of brotli, beside the following`);
  print(['', 'bytes before', 'after a click', 'heap KiB', 'after a click', 'Wasm KiB']);
  for (const { name, before, after } of results) {
    print([name, before.script, after.script, kibibytes(before.heap), kibibytes(after.heap), kibibytes(after.wasm)]);
  }
  console.log(`medians of ${ours.times.cold.length} rounds in ms, and beside the page by hand`);
  print(['click to redirect', ...ways]);
  for (const result of results) {
    const cells = ways.map((way) => {
      const ms = median(result.times[way]);
      return `${ms.toFixed(0)} (x ${(ms / median(byHand.times[way])).toFixed(2)})`;
    });
    print([result.name, ...cells]);
  }
  print(['the fastest round', ...ways]);
  for (const { name, times } of results) print([name, ...ways.map((way) => Math.min(...times[way]).toFixed(0))]);

  let met = true;
  const gate = (holds, text) => {
    console.log(`${holds ? 'ok' : 'ABOVE THE BUDGET'}: ${text}`);
    met &&= holds;
  };
  gate(
    ours.before.script < betterAuth.before.script,
    `before the first click ${ours.before.script} bytes, Better Auth ${betterAuth.before.script}`,
  );
  // Whatever else the machine does only adds to a time: the fastest of all rounds tell how often was waited.
  for (const { name, times } of [ours, stalled]) {
    for (const [way, most] of Object.entries(ROUND_TRIPS_MORE)) {
      const more = Math.min(...times[way]) - Math.min(...byHand.times[way]);
      const roundTrips = Math.max(0, Math.floor(more / ROUND_TRIP_MS));
      gate(
        roundTrips <= most,
        `${name}, ${way}: at best ${more.toFixed(1)} ms beyond by hand, ${roundTrips} round trips (budget ${most})`,
      );
    }
  }
  return met;
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const median = (values) => values.toSorted((left, right) => left - right)[values.length >> 1];
