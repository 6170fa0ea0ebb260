// Builds what changed: the native programs, the Wasm modules, the npm package in dist/, the pricing page.
//
//   npm run build                     everything
//   npm run build -- --native         one part; also --wasm, --js, --page
//   npm run build -- --programs       everything but the C++ tests, which take most of the time
//   npm run build -- --asan           the native programs with sanitizers; also --clang and --fuzz, the core only
//   npm run build -- --native --target core_tests
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { at, pricingPage, vite } from './lib/paths.mjs';
import { node, run } from './lib/run.mjs';
import { stage } from './lib/say.mjs';

const { values: options } = parseArgs({
  options: {
    native: { type: 'boolean', default: false },
    wasm: { type: 'boolean', default: false },
    js: { type: 'boolean', default: false },
    page: { type: 'boolean', default: false },
    asan: { type: 'boolean', default: false },
    clang: { type: 'boolean', default: false },
    fuzz: { type: 'boolean', default: false },
    programs: { type: 'boolean', default: false },
    target: { type: 'string', multiple: true, default: [] },
  },
});
const parts = ['native', 'wasm', 'js', 'page', 'asan', 'clang', 'fuzz'];
const all = !parts.some((part) => options[part]);

const programs = { native: ['plinto-polar'], wasm: ['core', 'webhooks', 'emulator'] };

// Debian's emcc looks for acorn where only Debian's own Node does.
const emccEnvironment = () => {
  const shared = '/usr/share/nodejs';
  return existsSync(shared) ? { NODE_PATH: [process.env.NODE_PATH, shared].filter(Boolean).join(':') } : {};
};

try {
  if (all || options.native) await buildPreset('native', 'the native programs');
  if (options.asan) await buildPreset('asan', 'the native programs with sanitizers');
  if (options.clang) await buildPreset('clang', 'the core with clang');
  if (options.fuzz) await buildPreset('fuzz', 'the fuzz targets');
  if (all || options.wasm) await buildPreset('wasm', 'the Wasm modules', emccEnvironment());
  if (all || options.js) {
    stage('Building the npm package');
    await run(node, [at('scripts/build-js.mjs')]);
  }
  if (all || options.page) {
    stage('Building the pricing page');
    await run(node, [at('node_modules/typescript/bin/tsc'), '-p', pricingPage]);
    await run(node, [vite, 'build', pricingPage, '--logLevel', 'warn']);
  }
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exit(1);
}

async function buildPreset(preset, what, env = {}) {
  stage(`Building ${what}`);
  await configure(preset, env);
  const wanted = options.programs ? (programs[preset] ?? []) : options.target;
  const targets = wanted.flatMap((target) => ['--target', target]);
  const jobs = process.env.BUILD_JOBS || String(availableParallelism());
  await run('cmake', ['--build', at('build', preset), '-j', jobs, ...targets], { env });
}

// Ninja sees a changed CMakeLists.txt by itself; only a changed preset or a moved checkout asks for a new configuration.
async function configure(preset, env) {
  const stamp = at('build', preset, '.configured');
  const wanted = createHash('sha256')
    .update(readFileSync(at('CMakePresets.json')))
    .update(at())
    .digest('hex');
  const ready = existsSync(at('build', preset, 'build.ninja')) && existsSync(stamp);
  if (ready && readFileSync(stamp, 'utf8') === wanted) return;
  await run('cmake', ['--preset', preset], { env });
  writeFileSync(stamp, wanted);
}
