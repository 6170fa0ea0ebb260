// The matrix: every runtime and bundler, in the ways in which it is built, started and driven.
//
// A row is an application of its own: its folder here, over the one of `shared` that its `app` names, with those that it `uses`
// put into its own `shared`. `fast`
// rows are part of `npm test`; their packages are the repository's own. `node` names the row whose Node runs it, where that
// is not the one that runs the tests. `shown` are the packages whose versions the table has, `needs` is the one line that
// the place needs beside `npm install`.

const nothing = 'nothing';
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

const nextRow = (name, ways) => ({
  name,
  app: 'next',
  uses: ['page', 'server'],
  shown: ['next', 'react'],
  needs: nothing,
  ways: ways.flatMap(([bundler, option]) => [
    { what: `dev, ${bundler}`, serve: `next dev${option} -H 127.0.0.1 -p $PORT`, drive: ['html', 'page', 'server'] },
    {
      what: `build, ${bundler}`,
      build: `next build${option}`,
      serve: 'next start -H 127.0.0.1 -p $PORT',
      drive: ['html', 'page', 'server'],
    },
  ]),
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
  nextRow('next16', [
    ['Turbopack', ''],
    ['webpack', ' --webpack'],
  ]),
  nextRow('next15', [
    ['Turbopack', ' --turbopack'],
    ['webpack', ''],
  ]),
  {
    name: 'esbuild',
    fast: true,
    app: 'bundled',
    uses: ['page', 'server'],
    shown: ['esbuild', 'react'],
    needs: nothing,
    ways: [
      {
        what: 'page, ESM with chunks',
        build: 'esbuild shared/main.js --bundle --splitting --format=esm --minify --outdir=out',
        serve: serveFiles,
        drive: ['page'],
      },
      {
        what: 'page, one file of ESM',
        build: 'esbuild shared/main.js --bundle --format=esm --minify --outfile=out/main.js',
        serve: serveFiles,
        drive: ['page'],
      },
      {
        what: 'page, one classic script',
        build: 'esbuild shared/main.js --bundle --format=iife --minify --outfile=out/main.js',
        serve: serveFiles,
        drive: ['page'],
      },
      {
        what: 'Lambda, ESM',
        build: 'esbuild shared/lambda.js --bundle --platform=node --target=node20 --format=esm --outfile=out/lambda.mjs',
        serve: 'node shared/lambda-host.js out/lambda.mjs',
        drive: ['server'],
      },
      {
        what: 'Lambda, CommonJS',
        build: 'esbuild shared/lambda.js --bundle --platform=node --target=node20 --format=cjs --outfile=out/lambda.cjs',
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
    needs: '`"@parcel/resolver-default": { "packageExports": true }` in package.json, as for every package with `exports`',
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
];
