// The lines that put a checkout button on a page, for the framework that package.json names.
import { readFileSync } from 'node:fs';

interface Framework {
  readonly name: string;
  /** Any of these packages tells it. */
  readonly packages: readonly string[];
  /** Where its pages are on the machine of whoever develops them. */
  readonly origin: string;
  readonly lines: (slug: string, origin: string) => string;
}

// The address is written out: what is rendered on a server has no `location`.
const button = (
  slug: string,
  origin: string,
): string => `createPolarPlugin().install(plinto); // plinto: your Plinto client

<PolarProvider client={plinto}>
  <PolarCheckoutButton slug="${slug}" successUrl="${origin}/">Subscribe</PolarCheckoutButton>
</PolarProvider>`;

const ENTRY = "'@plinto/polar";

const imports = `import { createPolarPlugin } from ${ENTRY}';
import { PolarCheckoutButton, PolarProvider } from ${ENTRY}/react';`;

const FRAMEWORKS: readonly Framework[] = [
  {
    name: 'Next.js',
    packages: ['next'],
    origin: 'http://localhost:3000',
    lines: (slug, origin) => `// next.config
rewrites: async () => [{ source: '/api/v1/polar/:path*', destination: 'http://127.0.0.1:4000/api/v1/polar/:path*' }],

// a file that begins with 'use client'
${imports}
${button(slug, origin)}`,
  },
  {
    name: 'React with Vite',
    packages: ['vite+react'],
    origin: 'http://localhost:5173',
    lines: (slug, origin) => `// vite.config
server: { proxy: { '/api/v1/polar': 'http://127.0.0.1:4000' } },

// where the button goes
${imports}
${button(slug, origin)}`,
  },
  {
    name: 'React',
    packages: ['react'],
    origin: 'http://localhost:3000',
    lines: (slug, origin) => `${imports}
${button(slug, origin)}`,
  },
  {
    name: 'a page without React',
    packages: [],
    origin: 'http://localhost:3000',
    lines: (slug, origin) => `import { createPolarPlugin } from ${ENTRY}';

const polar = createPolarPlugin().install(plinto); // plinto: your Plinto client
document.querySelector('#subscribe').onclick = () =>
  polar.redirectToCheckout({ slug: '${slug}', successUrl: '${origin}/' });`,
  },
];

/** The framework of a package, and its lines. `origin`: where the application is, if that is known. */
export function frameworkLines(
  manifestPath: string,
  slug: string,
  origin: string | undefined,
): { name: string; lines: string } {
  const installed = packagesOf(manifestPath);
  const has = (name: string) => name.split('+').every((part) => installed.has(part));
  const found = FRAMEWORKS.find(({ packages }) => packages.length === 0 || packages.some(has)) as Framework;
  return { name: found.name, lines: found.lines(slug, origin ?? found.origin) };
}

function packagesOf(path: string): ReadonlySet<string> {
  try {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, object>;
    return new Set([...Object.keys(dependencies ?? {}), ...Object.keys(devDependencies ?? {})]);
  } catch {
    return new Set();
  }
}
