// The machine's own Chromium, headless, with everything off that talks to the network by itself.

const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `more`: arguments of Chromium that a test needs beyond those; `less`: those of Playwright that it does without. */
export async function openBrowser(more = [], less = []) {
  // Not at the top: in a fresh clone the packages are installed by the very command that imports this.
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    args: [...quiet, ...more],
    ignoreDefaultArgs: less,
  });
}
