const mode = 'production';
const out = new URL('out/', import.meta.url).pathname;

export default [
  {
    name: 'page',
    mode,
    entry: './shared/main.js',
    output: { path: out, publicPath: '/out/', filename: 'main.js' },
  },
  {
    name: 'server',
    mode,
    target: 'node20',
    entry: './shared/server.js',
    output: { path: out, filename: 'server.cjs' },
  },
];
