// Builds the npm package's dist/: TypeScript to dist/js and dist/components, the Wasm modules to dist/wasm.
// `--without-wasm` puts modules in their place that refuse to start, so that pages build before the Wasm does; every
// operation then takes the plain path.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);
const path = (name) => fileURLToPath(new URL(name, root));
const wasmFiles = ['core.mjs', 'core.wasm', 'webhooks.mjs', 'webhooks.wasm', 'emulator.mjs', 'emulator.wasm'];
const withoutWasm = process.argv.includes('--without-wasm');

const missing = wasmFiles.filter((name) => !existsSync(path(`build/wasm/bin/${name}`)));
if (missing.length > 0 && !withoutWasm) {
  console.error(`build-js: build/wasm/bin lacks ${missing.join(', ')}. Build the CMake preset "wasm" first.`);
  process.exit(1);
}

rmSync(path('dist/js'), { recursive: true, force: true });
rmSync(path('dist/components'), { recursive: true, force: true });
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
try {
  execFileSync(process.execPath, [tsc, '-p', path('tsconfig.build.json')], { stdio: 'inherit' });
} catch {
  process.exit(1);
}

mkdirSync(path('dist/wasm'), { recursive: true });
for (const name of wasmFiles) {
  if (!missing.includes(name)) {
    copyFileSync(path(`build/wasm/bin/${name}`), path(`dist/wasm/${name}`));
  } else {
    console.warn(`build-js: dist/wasm/${name} is a stand-in that refuses to start`);
    const refuse = `export default () => Promise.reject(new Error('this build has no WebAssembly'));\n`;
    writeFileSync(path(`dist/wasm/${name}`), name.endsWith('.mjs') ? refuse : '');
  }
}
