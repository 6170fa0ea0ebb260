// Every `npm run` command on a machine that has nothing: it says in one line what it misses and how to get it, at once.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { at } from '../../scripts/lib/paths.mjs';

const { scripts } = JSON.parse(readFileSync(at('package.json'), 'utf8'));

let folder;
let bare;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinto-polar-bare-'));
  bare = join(folder, 'clone');
  for (const name of ['package.json', 'scripts', 'tests/bench', 'tests/fuzz']) {
    cpSync(at(name), join(bare, name), { recursive: true, filter: (path) => !path.includes('node_modules') });
  }
  mkdirSync(join(folder, 'bin'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs what package.json names, in the bare clone and without a single program on PATH. */
function run(command, more = []) {
  const [program, ...args] = [...command.split(' '), ...more];
  const started = Date.now();
  const { status, stdout, stderr } = spawnSync(program === 'node' ? process.execPath : '/bin/bash', args, {
    cwd: bare,
    env: { PATH: join(folder, 'bin') },
    encoding: 'utf8',
    timeout: 20_000,
  });
  const lines = (stdout + stderr).split('\n').filter((line) => line !== '');
  return { status, lines, seconds: (Date.now() - started) / 1000 };
}

function assertSaysWhatIsMissing({ status, lines, seconds }) {
  assert.equal(lines.length, 1, lines.join('\n'));
  assert.match(lines[0], /^\S+: missing: \S.*\. (Get it by: \S|Get them|Install )/);
  assert.equal(status, 1);
  assert.ok(seconds < 10, `it took ${seconds} s`);
}

describe('a command that misses something says so in one line', () => {
  it('for every command of package.json', () => {
    assert.ok(Object.keys(scripts).length >= 13);
  });

  for (const [name, command] of Object.entries(scripts)) {
    it(`npm run ${name}`, () => assertSaysWhatIsMissing(run(command)));
  }

  const unbuilt = {
    demo: scripts.demo,
    test: scripts.test,
    fuzz: scripts.fuzz,
    tidy: scripts.tidy,
    bench: scripts.bench,
  };
  for (const [name, command] of Object.entries(unbuilt)) {
    it(`npm run ${name} -- --no-build`, () => assertSaysWhatIsMissing(run(command, ['--no-build'])));
  }
});
