// The matrix: every runtime and bundler, in the ways in which it is built, started and driven.
//
// A row is an application of its own: its folder here, laid over the one of `shared` that its `app` names. The folders that it
// `uses` are put into its own `shared`, or where they are said to go. `fast` rows are part of `npm test`; their packages are
// the repository's own. `node` names the row whose Node runs it, where Node 20 is refused. `shown` are the packages whose
// versions the table has. `needs` is the one line that the place needs beside `npm install`.

const nothing = 'nothing';
const everything = ['html', 'page', 'server'];
const onPort = '--host 127.0.0.1 --port $PORT --strictPort';

const nodeRow = (name, more) => ({
  name,
  uses: ['server'],
  shown: [],
  needs: nothing,
  ways: [{ what: 'import', serve: 'node shared/server.js', drive: ['server'] }],
  ...more,
});
const required = { what: 'require', serve: 'node shared/server.cjs', drive: ['server'] };
const bothWays = [...nodeRow('').ways, required];

const viteRow = (name, more) => ({
  name,
  app: 'vite',
  uses: ['page'],
  shown: ['vite', 'react'],
  needs: nothing,
  ways: [
    { what: 'dev', serve: `vite ${onPort}`, drive: ['page'] },
    { what: 'build', build: 'vite build', serve: `vite preview ${onPort}`, drive: ['page'] },
  ],
  ...more,
});

const nextRow = (name, ways, { app = 'next', drive = everything } = {}) => ({
  name,
  app,
  uses: ['page', 'server'],
  shown: ['next', 'react'],
  needs: nothing,
  ways: ways.flatMap(([bundler, option]) => [
    { what: `dev with ${bundler}`, serve: `next dev${option} -H 127.0.0.1 -p $PORT`, drive },
    {
      what: `build with ${bundler}`,
      build: `next build${option}`,
      serve: 'next start -H 127.0.0.1 -p $PORT',
      drive,
    },
  ]),
});
const next16 = [
  ['Turbopack', ''],
  ['webpack', ' --webpack'],
];
const next15 = [
  ['Turbopack', ' --turbopack'],
  ['webpack', ''],
];
const edge = { app: 'next-edge', drive: ['server'] };

const typescriptRow = (name, more) => ({
  name,
  app: 'typescript',
  uses: ['types'],
  shown: ['typescript', '@types/react', '@types/node'],
  needs: nothing,
  ways: [
    { what: 'page by moduleResolution bundler', build: 'tsc -p tsconfig.bundler.json' },
    { what: 'page by moduleResolution node16', build: 'tsc -p tsconfig.node16.json' },
    { what: "server without the DOM's types", build: 'tsc -p tsconfig.server.json' },
  ],
  ...more,
});

const serveFiles = 'node shared/static.js .';

export const rows = [
  nodeRow('node', { fast: true, ways: bothWays }),
  nodeRow('node20-oldest', { node: 'node20-oldest' }),
  nodeRow('node20', { node: 'node20', ways: bothWays }),
  nodeRow('node22', { node: 'node22', ways: bothWays }),
  nodeRow('node24', { node: 'node24', ways: bothWays }),
  viteRow('vite8', { fast: true }),
  viteRow('vite7'),
  viteRow('vite6'),
  viteRow('vite5'),
  nextRow('next16', next16),
  // With webpack, Next 16 itself cannot build a route for the edge.
  nextRow('next16-edge', next16.slice(0, 1), edge),
  nextRow('next15', next15),
  nextRow('next15-edge', next15, edge),
  {
    name: 'esbuild',
    fast: true,
    app: 'bundled',
    uses: ['page', 'server'],
    shown: ['esbuild', 'react'],
    needs: nothing,
    ways: [
      {
        what: 'page as ESM in chunks',
        build: 'esbuild shared/main.js --bundle --splitting --format=esm --minify --outdir=out',
        serve: serveFiles,
        drive: ['page'],
      },
      {
        what: 'page as one file of ESM',
        build: 'esbuild shared/main.js --bundle --format=esm --minify --outfile=out/main.js',
        serve: serveFiles,
        drive: ['page'],
      },
      {
        what: 'page as one classic script',
        build: 'esbuild shared/main.js --bundle --format=iife --minify --outfile=out/main.js',
        serve: serveFiles,
        drive: ['page'],
      },
      {
        what: 'Lambda as ESM',
        build:
          'esbuild shared/lambda.js --bundle --platform=node --target=node20 --format=esm --outfile=out/lambda.mjs',
        serve: 'node shared/lambda-host.js out/lambda.mjs',
        drive: ['server'],
      },
      {
        what: 'Lambda as CommonJS',
        build:
          'esbuild shared/lambda.js --bundle --platform=node --target=node20 --format=cjs --outfile=out/lambda.cjs',
        serve: 'node shared/lambda-host.js out/lambda.cjs',
        drive: ['server'],
      },
    ],
  },
  {
    name: 'webpack5',
    app: 'bundled',
    uses: ['page', 'server'],
    shown: ['webpack', 'react'],
    needs: nothing,
    ways: [
      { what: 'page', build: 'webpack --config-name page', serve: serveFiles, drive: ['page'] },
      { what: 'server', build: 'webpack --config-name server', serve: 'node out/server.cjs', drive: ['server'] },
    ],
  },
  {
    name: 'rollup4',
    app: 'bundled',
    uses: ['page', 'server'],
    shown: ['rollup', 'react'],
    needs: nothing,
    ways: [
      { what: 'page', build: 'rollup -c', serve: serveFiles, drive: ['page'] },
      { what: 'server', serve: 'node out/server.mjs', drive: ['server'] },
    ],
  },
  {
    name: 'parcel2',
    uses: ['page', 'server'],
    shown: ['parcel', 'react'],
    needs:
      '`"@parcel/resolver-default": { "packageExports": true }` in package.json, as for every package with `exports`',
    ways: [
      { what: 'dev', serve: 'parcel serve index.html --host 127.0.0.1 --port $PORT', drive: ['page'] },
      {
        what: 'build',
        build: 'parcel build index.html --dist-dir out',
        serve: 'node shared/static.js out',
        drive: ['page'],
      },
    ],
  },
  {
    name: 'html',
    uses: ['page', 'server'],
    shown: [],
    needs: 'an import map that leads `@plinto/polar` to its `dist/js/index.js`',
    ways: [{ what: 'import map', serve: serveFiles, drive: ['page'] }],
  },
  {
    name: 'workerd',
    app: 'worker',
    uses: ['server'],
    shown: ['workerd', 'esbuild'],
    needs: nothing,
    ways: ['2024-01-01', '2026-11-01'].map((date) => ({
      what: `compatibility date ${date}`,
      build: `node build.js ${date}`,
      serve: 'workerd serve out/config.capnp',
      drive: ['server'],
    })),
  },
  {
    name: 'wrangler',
    node: 'node22',
    app: 'worker',
    uses: ['server'],
    shown: ['wrangler'],
    needs: nothing,
    ways: [
      {
        what: 'dev',
        serve:
          'wrangler dev --ip 127.0.0.1 --port $PORT --var POLAR_WEBHOOK_SECRET:$POLAR_WEBHOOK_SECRET --var POLAR_SERVER_URL:$POLAR_SERVER_URL',
        env: { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false' },
        drive: ['server'],
      },
    ],
  },
  {
    name: 'bun',
    uses: ['server'],
    shown: ['bun'],
    runs: 'none',
    needs: nothing,
    ways: [
      { what: 'import', serve: 'bun server.js', drive: ['server'] },
      {
        what: 'bundled',
        build: 'bun build server.js --target=bun --outfile=out/server.js',
        serve: 'bun out/server.js',
        drive: ['server'],
      },
    ],
  },
  {
    name: 'deno',
    uses: ['server'],
    shown: ['deno'],
    runs: 'none',
    needs: nothing,
    ways: [
      { what: 'import', serve: 'deno run --allow-net --allow-env server.js', drive: ['server'] },
      {
        what: 'bundled',
        build: 'deno bundle --quiet -o out/server.js server.js',
        serve: 'deno run --allow-net --allow-env out/server.js',
        drive: ['server'],
      },
    ],
  },
  {
    name: 'vitest',
    fast: true,
    uses: ['page', 'tests'],
    shown: ['vitest', 'jsdom'],
    needs: nothing,
    ways: [
      { what: 'node', build: 'vitest run --project node' },
      { what: 'node inlined', build: 'vitest run --project node-inlined' },
      { what: 'jsdom', build: 'vitest run --project jsdom' },
      { what: 'jsdom inlined', build: 'vitest run --project jsdom-inlined' },
    ],
  },
  {
    name: 'jest',
    uses: ['page', 'tests'],
    shown: ['jest'],
    needs: '`NODE_OPTIONS=--experimental-vm-modules`, as for every ES module',
    ways: ['node', 'jsdom'].map((project) => ({
      what: project,
      build: `jest --selectProjects ${project}`,
      env: { NODE_OPTIONS: '--experimental-vm-modules' },
    })),
  },
  {
    name: 'sveltekit',
    node: 'node22',
    uses: [
      ['page', 'src/shared'],
      ['server', 'src/shared'],
    ],
    shown: ['@sveltejs/kit', 'svelte', 'vite'],
    needs: nothing,
    ways: [
      { what: 'dev', serve: `vite dev ${onPort}`, drive: everything },
      { what: 'build', build: 'vite build', serve: 'node build', drive: everything },
    ],
  },
  {
    name: 'nuxt',
    node: 'node22',
    uses: [
      ['page', 'app/common'],
      ['server', 'server/common'],
    ],
    shown: ['nuxt'],
    needs: nothing,
    ways: [
      { what: 'dev', serve: 'nuxt dev --host 127.0.0.1 --port $PORT', drive: everything },
      { what: 'build', build: 'nuxt build', serve: 'node .output/server/index.mjs', drive: everything },
    ],
  },
  {
    name: 'astro',
    node: 'node22',
    uses: [
      ['page', 'src/shared'],
      ['server', 'src/shared'],
    ],
    shown: ['astro', 'react'],
    needs: nothing,
    ways: [
      { what: 'dev', serve: 'astro dev --host 127.0.0.1 --port $PORT', drive: everything },
      { what: 'build', build: 'astro build', serve: 'node dist/server/entry.mjs', drive: everything },
    ],
  },
  typescriptRow('typescript5.0'),
  typescriptRow('typescript5.4'),
  typescriptRow('typescript5.9', { fast: true }),
  typescriptRow('typescript7'),
];
