// What makes the simulation (tests/sim) worth its name: no other time and chance than its own, and mistakes that are
// planted for it alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { at, root } from '../../scripts/lib/paths.mjs';
import { simulated } from './rules.mjs';
import { readSources } from './sources.mjs';

const sim = readSources(root, [simulated.folder], /\.(h|cpp)$/);
const product = readSources(root, ['cpp'], /\.(h|cpp)$/);
const listed = [...readFileSync(at(simulated.folder, 'planted.h'), 'utf8').matchAll(/Planted\{"([a-z-]+)"/g)].map(
  ([, name]) => name,
);

describe('the simulation', () => {
  it('has no clock, thread or chance but its own', () => {
    assert.ok(sim.length > 20, `only ${sim.length} files were read`);
    const real = sim.filter(({ path, text }) => path !== simulated.program && simulated.refused.test(text));

    assert.deepEqual(
      real.map(({ path }) => path),
      [],
    );
  });

  it('plants each mistake that it lists, and lists each that is planted', () => {
    const planted = product.flatMap(({ text }) =>
      [...text.matchAll(/HasDefect\("([a-z-]+)"\)/g)].map(([, name]) => name),
    );

    assert.ok(listed.length >= 12, `only ${listed.length} are listed`);
    assert.deepEqual([...new Set(planted)].sort(), [...listed].sort());
  });

  it('plants them in files that it compiles for itself', () => {
    const lists = readFileSync(at('cpp/server/CMakeLists.txt'), 'utf8');
    const compiled = /set\(PLINTO_POLAR_PLANTED\s+([^)]*)\)/.exec(lists)[1].split(/\s+/).filter(Boolean);
    const planted = product.filter(({ text }) => text.includes('HasDefect("')).map(({ path }) => path);

    assert.deepEqual(
      compiled.map((path) => `cpp/server/${path}`).sort(),
      planted.filter((path) => path !== 'cpp/server/base/defects.h').sort(),
    );
  });

  it('is alone in having them', () => {
    const setters = ['CMakeLists.txt', 'CMakePresets.json', 'cpp/server/CMakeLists.txt', 'tests/cpp/CMakeLists.txt'];

    for (const path of setters) {
      const text = readFileSync(at(path), 'utf8').replaceAll(/^#.*$/gm, '');
      assert.ok(!text.includes('PLINTO_POLAR_DEFECTS'), `${path} sets PLINTO_POLAR_DEFECTS`);
    }
    assert.match(readFileSync(at(simulated.folder, 'CMakeLists.txt'), 'utf8'), /PLINTO_POLAR_DEFECTS/);
  });
});
