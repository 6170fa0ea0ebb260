// The rows that need nothing but what the repository installs, and what docs/runtimes.md says of all.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { at } from '../../scripts/lib/paths.mjs';
import { pinned } from '../../scripts/lib/runtimes/install.mjs';
import { prepareRow } from '../../scripts/lib/runtimes/run-row.mjs';
import { fixedCells, readTable } from '../../scripts/lib/runtimes/table.mjs';
import { openWorld } from '../../scripts/lib/runtimes/world.mjs';
import { rows } from './rows.mjs';

const fast = rows.filter((row) => row.fast);

describe('the packed package', () => {
  let world;
  before(async () => {
    world = await openWorld();
  });
  after(() => world?.close());

  for (const row of fast) {
    describe(`in ${row.name}`, () => {
      let run;
      before(async () => {
        run = await prepareRow(row, world);
      });

      for (const way of row.ways) it(`works: ${way.what}`, () => run(way));
    });
  }
});

describe('the matrix', () => {
  it('has a row for each application, and an application for each row', () => {
    const folders = readdirSync(at('tests/runtimes'), { withFileTypes: true }).filter((entry) => entry.isDirectory());

    const applications = folders.map(({ name }) => name).filter((name) => name !== 'shared');

    assert.deepEqual(applications.sort(), rows.map(({ name }) => name).sort());
  });

  it('runs its quick rows with the versions that the repository has', () => {
    const { devDependencies } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

    for (const row of fast) {
      for (const [name, version] of Object.entries(pinned(row))) {
        assert.equal(version, devDependencies[name], `${name} of ${row.name}`);
      }
    }
  });

  it('names no registry in a lock file', () => {
    for (const { name, fast: linked } of rows) {
      if (linked || Object.keys(pinned({ name })).length === 0) continue;
      const lock = readFileSync(at('tests/runtimes', name, 'package-lock.json'), 'utf8');

      assert.doesNotMatch(lock, /"resolved"/, name);
    }
  });
});

describe('docs/runtimes.md', () => {
  it('has each row with its versions and what it needs, in order', () => {
    const table = readTable();

    assert.deepEqual(
      [...table.values()].map((cells) => [...cells.slice(0, 3), cells.at(-1)]),
      rows.map((row) => [...fixedCells(row), row.needs]),
    );
  });
});
