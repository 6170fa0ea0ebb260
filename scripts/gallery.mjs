// Every component in every state, against the real server and the emulator in this process.
//
//   npm run gallery                               prints the address; Ctrl-C stops everything
//   npm run gallery -- --check                    opens every scene in headless Chromium; fails on what the console says
//   npm run gallery -- --check --screenshots DIR  and keeps pictures of each
//   npm run gallery -- --check --only orders      one component
//   npm run gallery -- --no-build                 uses what is built already
import { parseArgs } from 'node:util';
import { checkScenes } from './lib/gallery/check.mjs';
import { buildGallery } from './lib/gallery/page.mjs';
import { startGallery } from './lib/gallery/world.mjs';
import { made, need, things } from './lib/needs.mjs';
import { AlreadySaid, prepare } from './lib/prepare.mjs';
import { bold, missed, say, stage } from './lib/say.mjs';

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    screenshots: { type: 'string' },
    only: { type: 'string' },
    'no-build': { type: 'boolean', default: false },
  },
});

let gallery;
let ending;

/** Stops everything once, whatever asked for it first, and ends with the code that the first one gave. */
function end(code, reason) {
  ending ??= (async () => {
    if (reason !== undefined) missed(reason);
    await gallery?.stop();
    process.exit(code);
  })();
  return ending;
}

process.on('SIGINT', () => void end(options.check ? 130 : 0));
process.on('SIGTERM', () => void end(options.check ? 143 : 0));

try {
  if (options['no-build']) {
    const built = ['build/native/bin/plinto-polar', 'dist/components/styles.css', 'dist/wasm/emulator.wasm'];
    need('gallery', things.modules, ...built.map((path) => made(path, 'npm run build')));
  } else {
    await prepare('gallery', ['--programs']);
  }
  if (options.check) need('gallery', things.chromium);
  stage('Starting: two shops, and a person for each scenario');
  gallery = await startGallery({ files: await buildGallery(), onDeath: (error) => void end(1, error.message) });

  if (options.check) {
    stage('Checking');
    const failed = await checkScenes(gallery.url, options);
    await end(failed === 0 ? 0 : 1);
  } else {
    say(`\n  Open  ${bold(gallery.url)}\n\n  Ctrl-C stops everything.`);
  }
} catch (error) {
  await end(1, error instanceof AlreadySaid ? undefined : error.message);
}
