// The lines that put a checkout button on a page, for the framework that package.json names.
import { readFileSync } from 'node:fs';

interface Framework {
  readonly name: string;
  /** Any of these packages tells it. */
  readonly packages: readonly string[];
  readonly lines: (slug: string) => string;
}

const button = (slug: string): string => `createPolarPlugin().install(plinto); // plinto: your Plinto client

<PolarProvider client={plinto}>
  <PolarCheckoutButton slug="${slug}" successUrl={location.href}>Subscribe</PolarCheckoutButton>
</PolarProvider>`;

const ENTRY = "'@plinto/polar";

const imports = `import { createPolarPlugin } from ${ENTRY}';
import { PolarCheckoutButton, PolarProvider } from ${ENTRY}/react';`;

const FRAMEWORKS: readonly Framework[] = [
  {
    name: 'Next.js',
    packages: ['next'],
    lines: (slug) => `// next.config
rewrites: async () => [{ source: '/api/v1/polar/:path*', destination: 'http://127.0.0.1:4000/api/v1/polar/:path*' }],

// a file that begins with 'use client'
${imports}
${button(slug)}`,
  },
  {
    name: 'React with Vite',
    packages: ['vite+react'],
    lines: (slug) => `// vite.config
server: { proxy: { '/api/v1/polar': 'http://127.0.0.1:4000' } },

// where the button goes
${imports}
${button(slug)}`,
  },
  {
    name: 'React',
    packages: ['react'],
    lines: (slug) => `${imports}
${button(slug)}`,
  },
  {
    name: 'a page without React',
    packages: [],
    lines: (slug) => `import { createPolarPlugin } from ${ENTRY}';

const polar = createPolarPlugin().install(plinto); // plinto: your Plinto client
document.querySelector('#subscribe').onclick = () =>
  polar.redirectToCheckout({ slug: '${slug}', successUrl: location.href });`,
  },
];

/** The framework of the package in this folder, and its lines. */
export function frameworkLines(manifestPath: string, slug: string): { name: string; lines: string } {
  const installed = packagesOf(manifestPath);
  const has = (name: string) => name.split('+').every((part) => installed.has(part));
  const found = FRAMEWORKS.find(({ packages }) => packages.length === 0 || packages.some(has)) as Framework;
  return { name: found.name, lines: found.lines(slug) };
}

function packagesOf(path: string): ReadonlySet<string> {
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, object>;
    return new Set([...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})]);
  } catch {
    return new Set();
  }
}
