// An empty Vite app in a temporary folder with the packed tarball installed, as a user has it. Vite and React are linked
// from this repository, so that nothing is downloaded.
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { npm } from '../../scripts/lib/npm.mjs';
import { at, vite } from '../../scripts/lib/paths.mjs';
import { node, run } from '../../scripts/lib/run.mjs';

const linked = ['react', 'react-dom', 'vite'];

/** @returns {Promise<{ folder: string, files: string[], remove: () => void }>} `files` is what the tarball holds */
export async function installApp() {
  const parent = mkdtempSync(join(tmpdir(), 'plinto-polar-app-'));
  const folder = join(parent, 'app');
  cpSync(at('tests/packaging/app'), folder, { recursive: true });

  const tarball = await installTarball(parent, folder);
  for (const name of linked) {
    const link = join(folder, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(at('node_modules', name), link);
  }
  await run(node, [vite, 'build', folder, '--logLevel', 'warn'], { quiet: true });

  return {
    folder,
    files: tarball.files.map(({ path }) => path),
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}

/** Packs the package into `parent` and installs it in `folder`, as npm does by itself. Resolves with what was packed. */
export async function installTarball(parent, folder) {
  const [tarball] = JSON.parse(await npm(['pack', '--json', '--pack-destination', parent], at()));
  await npm(['install', '--offline', '--ignore-scripts', join(parent, tarball.filename)], folder);
  return tarball;
}
