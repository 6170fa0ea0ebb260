import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import replace from '@rollup/plugin-replace';

const production = replace({ preventAssignment: true, 'process.env.NODE_ENV': '"production"' });

export default [
  {
    input: { main: 'shared/main.js' },
    output: { dir: 'out' },
    plugins: [production, resolve({ browser: true }), commonjs()],
  },
  {
    input: { server: 'shared/server.js' },
    output: { dir: 'out', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    external: /^node:/,
    plugins: [resolve({ exportConditions: ['node'] })],
  },
];
