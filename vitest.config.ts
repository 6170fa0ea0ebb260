// Runs the TypeScript tests against dist/, which is what people install, with the real core in it: build first.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// dist/ is loaded by Node itself, as it is where the package is installed.
const server = { deps: { external: [/\/dist\//] } };

// Ends what hangs. How long a test takes is no finding: some start npm, and the machine may do other things meanwhile.
const testTimeout = 60_000;

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** React 18 under its usual names, and the tests' library in the form whose imports Vite can lead there. */
const react18 = [
  { find: /^(?=react(-dom)?(\/|$))/, replacement: `${at('tests/components/react-18/node_modules')}/` },
  {
    find: /^@testing-library\/react$/,
    replacement: at('node_modules/@testing-library/react/dist/@testing-library/react.esm.js'),
  },
];

export default defineConfig({
  test: {
    reporters: process.env.CI_RESULTS === '1' ? ['default', 'junit'] : ['default'],
    outputFile: { junit: 'test-results/vitest.xml' },
    projects: [
      { test: { name: 'js', include: ['tests/js/**/*.test.ts'], environment: 'node', server, testTimeout } },
      {
        test: {
          name: 'components',
          include: ['tests/components/**/*.test.tsx'],
          environment: 'jsdom',
          setupFiles: ['tests/components/support/settle.ts'],
          server,
          testTimeout,
        },
      },
      // The same with React 18: what imports React has to go through Vite for that.
      {
        resolve: { alias: react18 },
        test: {
          name: 'components-18',
          include: ['tests/components/**/*.test.tsx'],
          // Its page is bundled, with the React of the package.
          exclude: ['tests/components/session-frames.test.tsx'],
          environment: 'jsdom',
          setupFiles: ['tests/components/support/settle.ts'],
          server: { deps: { external: [/\/dist\/js\//], inline: [/\/dist\/components\//, /@testing-library\/react/] } },
          testTimeout,
        },
      },
      { test: { name: 'contract', include: ['tests/contract/*.test.ts'], environment: 'node', testTimeout } },
      // Judges what all other suites recorded, so that it runs after them: see scripts/test.mjs.
      {
        test: {
          name: 'emulator',
          include: ['tests/contract/emulator/*.test.ts'],
          environment: 'node',
          testTimeout,
        },
      },
    ],
  },
});
