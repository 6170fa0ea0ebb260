// The package as it is published: what is in it, and that it may be imported and rendered anywhere.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const components = `${root}dist/components/`;

describe('the package', () => {
  it('holds dist, the manifest, and nothing of the sources or tests', () => {
    const listing = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root });
    const [{ files }] = JSON.parse(listing.toString()) as [{ files: { path: string }[] }];
    const paths = files.map(({ path }) => path);

    const foreign = paths.filter(
      (path) => !/^(dist\/(js|components|wasm)\/|package\.json$|README\.md$|LICENSE$)/.test(path),
    );
    expect(foreign).toEqual([]);
    expect(paths).toEqual(
      expect.arrayContaining([
        'dist/js/index.js',
        'dist/js/index.d.ts',
        'dist/components/index.js',
        'dist/components/styles.css',
        'dist/js/webhooks.js',
        'dist/js/server.js',
        'dist/js/elements.js',
        'dist/wasm/core.mjs',
        'dist/wasm/core.wasm',
        'dist/wasm/quote.mjs',
        'dist/wasm/quote.wasm',
        'dist/wasm/usage.mjs',
        'dist/wasm/usage.wasm',
        'dist/wasm/webhooks.mjs',
        'dist/wasm/webhooks.wasm',
        'dist/js/testing.js',
        'dist/js/testing.d.ts',
        'dist/js/cli/main.js',
        'dist/wasm/emulator.mjs',
        'dist/wasm/emulator.wasm',
      ]),
    );
    expect(paths.filter((path) => path.includes('test') && !path.startsWith('dist/js/testing'))).toEqual([]);
  });

  it('has a manifest that publint finds nothing wrong with', async () => {
    expect((await publint({ pkgDir: root, strict: true })).messages).toEqual([]);
  });

  it('has types that every way of resolving them finds', () => {
    // Node itself lets `require` have ES modules, since 20.19.
    const args = ['attw', '--pack', '.', '--ignore-rules', 'cjs-resolves-to-esm', '--format', 'ascii', '--no-color'];

    expect(execFileSync('npx', ['--no-install', ...args], { cwd: root, encoding: 'utf8' })).toContain(
      'No problems found',
    );
  });

  it('is there for `require` too, where Node lets that have ES modules', () => {
    const program = "console.log(Object.keys(require('@plinto/polar')).includes('createPolarPlugin'))";

    expect(execFileSync(process.execPath, ['-e', program], { cwd: root, encoding: 'utf8' })).toBe('true\n');
  });

  it("begins every file of /react with 'use client'", () => {
    const files = readdirSync(components, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));

    expect(files).toContain('index.js');
    for (const file of files)
      expect([file, readFileSync(components + file, 'utf8').split('\n')[0]]).toEqual([file, "'use client';"]);
  });

  it('keeps React out of everything but /react', () => {
    const files = readdirSync(`${root}dist/js`, { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => name.endsWith('.js'))) {
      expect(readFileSync(`${root}dist/js/${file}`, 'utf8')).not.toMatch(/from ["']react/);
    }
  });

  it('has elements that a server may import and define', async () => {
    const { definePolarElements } = await import('@plinto/polar/elements');
    const { createPolarClient } = await import('@plinto/polar');

    expect(() => definePolarElements({ polar: createPolarClient({ getAccessToken: () => null }) })).not.toThrow();
  });

  it('is rendered on a server without a window', async () => {
    const { createPolarClient } = await import('@plinto/polar');
    const { PolarCheckoutButton } = await import('@plinto/polar/react');
    const polar = createPolarClient({ getAccessToken: () => null, preload: 'idle' });

    const html = renderToString(createElement(PolarCheckoutButton, { polar, slug: 'pro' }, 'Buy'));

    expect(globalThis).not.toHaveProperty('window');
    expect(html).toBe('<button type="button" data-state="idle">Buy</button>');
  });
});
