// Builds what changed: the native programs, the Wasm modules, the npm package in dist/, the pricing page.
//
//   npm run build                     everything that the tests use
//   npm run build -- --native         one part, compiled quickly; also --wasm, --js, --page
//   npm run build -- --release        the server and the emulator as they are deployed: build/release/bin/plinto-polar
//   npm run build -- --programs       everything but the C++ tests
//   npm run build -- --demo           what the demo uses: plinto-polar, the browser's module, the package, the page
//   npm run build -- --asan           the native programs with sanitizers; also --tsan, and --clang and --fuzz, the core only
//   npm run build -- --native --target plinto_polar_tests
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { need, things } from './lib/needs.mjs';
import { buildPackage, buildPage } from './lib/package.mjs';
import { at } from './lib/paths.mjs';
import { runBuild } from './lib/progress.mjs';
import { run } from './lib/run.mjs';
import { missed, stage } from './lib/say.mjs';

const flag = { type: 'boolean', default: false };
const { values: options } = parseArgs({
  options: {
    ...Object.fromEntries(
      ['native', 'release', 'wasm', 'js', 'page', 'programs', 'demo', 'asan', 'tsan', 'clang', 'fuzz'].map((name) => [
        name,
        flag,
      ]),
    ),
    target: { type: 'string', multiple: true, default: [] },
  },
});

const modules = options.demo ? ['core', 'quote', 'usage'] : ['core', 'quote', 'usage', 'webhooks', 'emulator'];
/** What is built of a preset when no target is named: all of it, but for these. Of Wasm, the demo's page loads three modules. */
const targets = {
  release: ['plinto-polar'],
  ...(options.programs || options.demo ? { native: ['plinto-polar'], wasm: modules } : {}),
};

/** Every part in the order in which it is built; those of `usual` are built when none is named. */
const parts = {
  native: { what: 'the native programs', needs: things.native, usual: true, build: () => buildPreset('native') },
  release: { what: 'the server for deployment', needs: things.native, build: () => buildPreset('release') },
  asan: { what: 'the native programs with sanitizers', needs: things.native, build: () => buildPreset('asan') },
  tsan: { what: 'the server with ThreadSanitizer', needs: things.native, build: () => buildPreset('tsan') },
  clang: { what: 'the core with clang', needs: things.clang, build: () => buildPreset('clang') },
  fuzz: { what: 'the fuzz targets', needs: things.clang, build: () => buildPreset('fuzz') },
  wasm: { what: 'the Wasm modules', needs: things.wasm, usual: true, build: () => buildPreset('wasm') },
  js: { what: 'the npm package', needs: [things.modules], usual: true, build: () => buildPackage(modules) },
  page: { what: 'the pricing page', needs: [things.modules], usual: true, build: buildPage },
};
const named = Object.keys(parts).filter((name) => options[name]);
const wanted = named.length > 0 ? named : Object.keys(parts).filter((name) => parts[name].usual);

need('build', ...wanted.map((name) => parts[name].needs));
try {
  for (const [index, name] of wanted.entries()) {
    const next = wanted[index + 1];
    const place =
      wanted.length === 1 ? '' : ` (${index + 1} of ${wanted.length}${next ? `, then ${parts[next].what}` : ''})`;
    stage(`Building ${parts[name].what}${place}`);
    await parts[name].build();
  }
} catch (error) {
  missed(`build: ${error.message}`);
  process.exit(1);
}

async function buildPreset(preset) {
  // Debian's emcc looks for acorn where only Debian's own Node does.
  const shared = '/usr/share/nodejs';
  const env =
    preset === 'wasm' && existsSync(shared)
      ? { NODE_PATH: [process.env.NODE_PATH, shared].filter(Boolean).join(':') }
      : {};
  await configure(preset, env);
  const chosen = options.target.length > 0 ? options.target : (targets[preset] ?? []);
  const jobs = process.env.BUILD_JOBS || String(availableParallelism());
  await runBuild(at('build', preset), ['-j', jobs, ...chosen.flatMap((target) => ['--target', target])], env);
}

// Ninja sees a changed CMakeLists.txt by itself; only a changed preset or a moved checkout asks for a new configuration.
async function configure(preset, env) {
  const stamp = at('build', preset, '.configured');
  const hash = createHash('sha256')
    .update(readFileSync(at('CMakePresets.json')))
    .update(at())
    .digest('hex');
  const ready = existsSync(at('build', preset, 'build.ninja')) && existsSync(stamp);
  if (ready && readFileSync(stamp, 'utf8') === hash) return;
  await run('cmake', ['--preset', preset], { env, quiet: true });
  writeFileSync(stamp, hash);
}
